import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser, Unpack } from 'tar';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from '../state/files-port.ts';
import { ARCHIVE_LIMITS, archiveRules } from './archive-rules.ts';

/** Headers and padding come on top of the files; a bomb of empty blocks is more than that. */
const OVERHEAD_BYTES = 32 * 1024 * 1024;
const TEMPORARY = '.unpacking-';

/**
 * Unpacks a plugin archive into `<cacheFolder>/<sha256>/` and gives that folder; one that is there
 * already is used as it is. Whole or not at all: it is unpacked aside, brought onto the disk, and
 * renamed. With `sha256` an archive with another digest is refused before anything of it is read.
 */
export async function unpackPlugin(request: {
  readonly archive: string;
  readonly cacheFolder: string;
  readonly sha256?: string;
}): Promise<Result<string>> {
  try {
    return await unpack(request);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return refuse(request.archive, `it cannot be unpacked (${error.message})`);
  }
}

async function unpack(request: {
  readonly archive: string;
  readonly cacheFolder: string;
  readonly sha256?: string;
}): Promise<Result<string>> {
  const { archive, cacheFolder } = request;
  const bytes = await readBounded(archive);
  if (bytes === undefined) return refuse(archive, 'it is larger than 64 MiB');
  // The bytes that were digested are the bytes that are unpacked: the file may change meanwhile.
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (request.sha256 !== undefined && request.sha256.toLowerCase() !== digest) {
    return fail({
      code: 'plugin/wrong-digest',
      message: `The archive ${archive} has the digest ${digest}, but the plan pins ${request.sha256}.`,
    });
  }

  const target = path.join(cacheFolder, digest);
  if (await exists(target)) return ok(target);
  const problem = await lookThrough(bytes);
  if (problem !== undefined) return refuse(archive, problem);

  const aside = path.join(cacheFolder, TEMPORARY + randomUUID());
  await mkdir(aside, { recursive: true, mode: 0o700 });
  try {
    await unpackInto(bytes, aside);
    await bringToDisk(aside);
    await putInPlace(aside, target);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  await syncPath(cacheFolder);
  return ok(target);
}

/** Removes what an app that was killed while unpacking has left in the cache. */
export async function cleanCache(cacheFolder: string): Promise<void> {
  const names = await readdir(cacheFolder).catch(() => []);
  const left = names.filter((name) => name.startsWith(TEMPORARY));
  await Promise.all(
    left.map((name) => rm(path.join(cacheFolder, name), { recursive: true, force: true })),
  );
}

function refuse(archive: string, problem: string): Result<never> {
  return fail({
    code: 'plugin/bad-archive',
    message: `${path.basename(archive)} is no plugin archive that can be used: ${problem}.`,
    hint: 'Expected a .tgz as `npm pack` makes it.',
  });
}

async function readBounded(file: string): Promise<Uint8Array | undefined> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    return size > ARCHIVE_LIMITS.packedBytes ? undefined : await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Reads the whole archive without writing anything; says what is wrong with it, if anything is. */
async function lookThrough(bytes: Uint8Array): Promise<string | undefined> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return 'it is not a gzip-compressed tar file';
  const rules = archiveRules();
  const seen: { problem?: string | undefined; hasManifest: boolean } = { hasManifest: false };
  const look = (entry: { path: string; type: string; size: number }): void => {
    seen.problem ??= rules.problemWith(entry);
    seen.hasManifest ||= /^[^/]+\/package\.json$/.test(entry.path);
  };
  const parser = new Parser({
    // Damage is an error, not a warning.
    strict: true,
    onReadEntry: (entry) => {
      look(entry);
      entry.resume();
    },
  });
  // Kinds that tar itself would pass over: an archive with such is no plugin.
  parser.on('ignoredEntry', look);
  try {
    await feed(bytes, parser, () => seen.problem !== undefined);
  } catch (error) {
    seen.problem ??= error instanceof Error ? error.message : String(error);
  }
  return seen.problem ?? (seen.hasManifest ? undefined : 'it has no package.json');
}

async function unpackInto(bytes: Uint8Array, folder: string): Promise<void> {
  const unpack = new Unpack({
    cwd: folder,
    strict: true,
    strip: 1,
    noMtime: true,
    preserveOwner: false,
    filter: (_path, entry) => {
      // Rights are ours to give: an archive could make its files unreadable, or set-user-id.
      entry.mode = ((entry.mode ?? 0) & 0o100) === 0 ? 0o600 : 0o700;
      return true;
    },
  });
  await feed(bytes, unpack, () => false);
}

/** Decompresses `bytes` into a tar parser, bounded, until its end or until `enough`. */
async function feed(bytes: Uint8Array, parser: Parser, enough: () => boolean): Promise<void> {
  const seen: { failure?: Error; isOver: boolean } = { isOver: false };
  parser.on('error', (error: Error) => (seen.failure ??= error));
  // What follows the end mark is nothing to tar, and need not even be decompressed.
  parser.on('eof', () => (seen.isOver = true));
  let total = 0;
  const plain = Readable.from([bytes]).pipe(createGunzip());
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > ARCHIVE_LIMITS.unpackedBytes + OVERHEAD_BYTES) {
      throw new Error('it unpacks to more than 256 MiB');
    }
    const isHungry = parser.write(chunk);
    if (seen.failure !== undefined) throw seen.failure;
    if (enough()) return;
    if (seen.isOver) break;
    if (!isHungry) await once(parser, 'drain');
  }
  const ended = once(parser, 'end');
  parser.end();
  await ended;
  if (seen.failure !== undefined) throw seen.failure;
}

async function putInPlace(aside: string, target: string): Promise<void> {
  try {
    await rename(aside, target);
  } catch (error) {
    // Somebody unpacked the same archive meanwhile: the same digest is the same content.
    if (!(await exists(target))) throw error;
  }
}

/** Files first, then the folders that name them. */
async function bringToDisk(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    await (entry.isDirectory() ? bringToDisk(name) : syncPath(name));
  }
  await syncPath(folder);
}

async function syncPath(name: string): Promise<void> {
  // Windows cannot sync a folder; its file system keeps its own journal of names.
  if (process.platform === 'win32' && (await stat(name)).isDirectory()) return;
  const handle = await open(name, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(name: string): Promise<boolean> {
  return stat(name).then(
    () => true,
    () => false,
  );
}
