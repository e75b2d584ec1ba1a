import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from '../state/files-port.ts';
import { ArchiveProblem } from './archive/archive-problem.ts';
import { unpackInto } from './archive/unpack-into.ts';
import { isWhole } from './archive/package-record.ts';
import { createPackageWriter } from './archive/package-writer.ts';
import { openPackedFile, type PackedFile } from './archive/packed-file.ts';
import { nodeUnpackFiles, type UnpackFiles } from './archive/unpack-files.ts';
import { createNameLock } from './name-lock.ts';

const TEMPORARY = '.unpacking-';

/** Two that want one package: the second one finds it there. */
const lock = createNameLock();

export interface UnpackRequest {
  readonly archive: string;
  readonly cacheFolder: string;
  /** The digest that the archive must have, 64 hex digits. */
  readonly sha256?: string;
  /** Calls the work off, with `plugin/cancelled`. */
  readonly signal?: AbortSignal;
  readonly files?: UnpackFiles;
}

/**
 * Unpacks a plugin archive into `<cacheFolder>/<sha256>/` and gives that folder; one that is there
 * already, and whole, is used as it is. Whole or not at all: it is unpacked aside, brought onto the
 * disk, and renamed. With `sha256` an archive with another digest is refused before anything of it
 * is unpacked. Memory does not grow with the archive. Failures: `plugin/bad-archive`,
 * `plugin/wrong-digest`, `plugin/not-stored`, `plugin/cancelled`.
 */
export async function unpackPlugin(request: UnpackRequest): Promise<Result<string>> {
  try {
    const packed = await openPackedFile(request.archive);
    try {
      return await unpack(request, packed);
    } finally {
      await packed.close();
    }
  } catch (thrown) {
    return failureOf(request, thrown);
  }
}

/**
 * The package with this digest if it is in the cache, and whole; needs no archive. One that lost
 * bytes is taken for missing, and `unpackPlugin` replaces it.
 */
export async function unpackedPlugin(request: {
  readonly cacheFolder: string;
  readonly sha256: string;
}): Promise<string | undefined> {
  const target = path.join(request.cacheFolder, request.sha256.toLowerCase());
  return (await isWhole(target)) ? target : undefined;
}

/** Removes what an app that was killed while unpacking has left in the cache. */
export async function cleanCache(cacheFolder: string): Promise<void> {
  const names = await readdir(cacheFolder).catch(() => []);
  const left = names.filter((name) => name.startsWith(TEMPORARY));
  await Promise.all(
    left.map((name) => rm(path.join(cacheFolder, name), { recursive: true, force: true })),
  );
}

async function unpack(request: UnpackRequest, packed: PackedFile): Promise<Result<string>> {
  const { archive, cacheFolder, sha256, signal } = request;
  const hash = createHash('sha256');
  for await (const piece of packed.read()) {
    signal?.throwIfAborted();
    hash.update(piece);
  }
  const digest = hash.digest('hex');
  if (sha256 !== undefined && sha256.toLowerCase() !== digest) {
    return fail({
      code: 'plugin/wrong-digest',
      message: `The archive ${archive} has the digest ${digest}, but the plan pins ${sha256}.`,
    });
  }
  const target = path.join(cacheFolder, digest);
  return lock.run(target, async () => {
    if (!(await isWhole(target))) await install(request, packed, target);
    return ok(target);
  });
}

async function install(request: UnpackRequest, packed: PackedFile, target: string): Promise<void> {
  const files = request.files ?? nodeUnpackFiles;
  const { cacheFolder, signal } = request;
  const aside = path.join(cacheFolder, TEMPORARY + randomUUID());
  await files.makeDurableFolder(cacheFolder);
  await files.makeFolder(aside);
  const writer = createPackageWriter(aside, files);
  try {
    const digest = await unpackInto({ packed, writer, signal });
    if (digest !== path.basename(target)) {
      throw new ArchiveProblem('it changed while it was being unpacked');
    }
    await writer.finish();
    signal?.throwIfAborted();
    await putInPlace(files, aside, target);
    await files.syncFolder(cacheFolder);
  } finally {
    await writer.settle();
    await files.remove(aside);
  }
}

async function putInPlace(files: UnpackFiles, aside: string, target: string): Promise<void> {
  // What is there is not whole, or it would have been used.
  if (await exists(target)) {
    const broken = `${aside}-broken`;
    await files.rename(target, broken);
    await files.remove(broken);
  }
  await files.rename(aside, target);
}

async function exists(name: string): Promise<boolean> {
  return stat(name).then(
    () => true,
    () => false,
  );
}

function failureOf(request: UnpackRequest, thrown: unknown): Result<never> {
  const { archive, cacheFolder, signal } = request;
  if (thrown instanceof ArchiveProblem) {
    return fail({
      code: 'plugin/bad-archive',
      message: `${path.basename(archive)} is no plugin archive that can be used: ${thrown.message}.`,
      hint: 'Expected a .tgz as `npm pack` makes it.',
    });
  }
  if (signal?.aborted === true && thrown === signal.reason) {
    return fail({
      code: 'plugin/cancelled',
      message: `The unpacking of ${path.basename(archive)} was called off.`,
    });
  }
  if (!isSystemError(thrown)) throw thrown;
  return fail({
    code: 'plugin/not-stored',
    message: `${path.basename(archive)} cannot be unpacked into ${cacheFolder} (${thrown.message}).`,
    hint: 'Make room on the disk, and make sure that the folder can be written to.',
  });
}
