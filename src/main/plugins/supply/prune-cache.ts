import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { nodeFiles } from '../../state/node-files.ts';
import { packageBytes } from '../archive/package-record.ts';
import { readKnownArchives } from './known-archives.ts';
import { wantedArchive, type ArchiveEntry } from './wanted-archive.ts';

const EVICTED = '.evicted-';
const UNPACKING = '.unpacking-';
const DIGEST = /^[0-9a-f]{64}$/;
const PART = /^([0-9a-f]{64})\.(?:part|json)$/;
/** Nobody can still be at work on what is older: 256 MiB are unpacked in seconds. */
const LEFT_AFTER_MS = 60 * 60 * 1000;
/** An interrupted download that nobody has gone on with for so long is not worth its space. */
const PART_LASTS_MS = 7 * 24 * 60 * 60 * 1000;

interface Package {
  readonly folder: string;
  /** `undefined` for one that lost its record: it is of no use to anybody. */
  readonly bytes: number | undefined;
  readonly usedAt: number;
}

/**
 * Makes room: removes what none of `keep` wants (the plugins of all plans that this device could go
 * to), the least recently used packages first, until all of them together are within `maxBytes`.
 * What `keep` wants stays, even beyond that. Old leftovers go in any case. May run beside a supply,
 * and be cut off at any instant. Never fails: what cannot be removed stays for the next time.
 */
export async function pruneCache(request: {
  readonly cacheFolder: string;
  readonly downloadsFolder: string;
  readonly keep: readonly ArchiveEntry[];
  /** Of unpacked packages, as their files count. */
  readonly maxBytes: number;
  /** Unix milliseconds. */
  readonly now: number;
}): Promise<void> {
  const { cacheFolder, downloadsFolder, keep, maxBytes, now } = request;
  const archives = keep.map(wantedArchive);
  await removeOldParts(downloadsFolder, new Set(archives.map(({ key }) => key)), now);
  const names = await readdir(cacheFolder).catch(() => []);
  await removeLeftovers(cacheFolder, names, now);

  const known = await readKnownArchives(nodeFiles, downloadsFolder);
  const digestOf = new Map(known.map(({ address, digest }) => [address, digest]));
  const inUse = new Set(archives.map(({ sha256, address }) => sha256 ?? digestOf.get(address)));
  const packages: Package[] = [];
  for (const name of names.filter((one) => DIGEST.test(one))) {
    const folder = path.join(cacheFolder, name);
    packages.push({ folder, bytes: await packageBytes(folder), usedAt: await timeOf(folder) });
  }
  let total = packages.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const idle = packages
    .filter(({ folder }) => !inUse.has(path.basename(folder)))
    .sort((a, b) => a.usedAt - b.usedAt);
  for (const one of idle) {
    const isWanted = one.bytes !== undefined && total <= maxBytes;
    if (!isWanted && (await evict(cacheFolder, one))) total -= one.bytes ?? 0;
  }
}

/** Renamed first: half a package must never bear the name of a whole one. */
async function evict(cacheFolder: string, { folder, usedAt }: Package): Promise<boolean> {
  // Somebody took it since.
  if ((await timeOf(folder)) !== usedAt) return false;
  const aside = path.join(cacheFolder, EVICTED + randomUUID());
  try {
    await rename(folder, aside);
  } catch {
    return false;
  }
  await remove(aside);
  return true;
}

async function removeLeftovers(folder: string, names: readonly string[], now: number) {
  for (const name of names) {
    const file = path.join(folder, name);
    const isLeft =
      name.startsWith(EVICTED) ||
      (name.startsWith(UNPACKING) && now - (await timeOf(file)) > LEFT_AFTER_MS);
    if (isLeft) await remove(file);
  }
}

async function removeOldParts(folder: string, wanted: ReadonlySet<string>, now: number) {
  for (const name of await readdir(folder).catch(() => [])) {
    const key = PART.exec(name)?.[1];
    if (key === undefined) continue;
    const file = path.join(folder, name);
    const idleMs = now - (await timeOf(file));
    if (idleMs > (wanted.has(key) ? PART_LASTS_MS : LEFT_AFTER_MS)) await remove(file);
  }
}

/** Modification time in Unix milliseconds; 0 for what is gone. */
async function timeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function remove(file: string): Promise<void> {
  await rm(file, { recursive: true, force: true }).catch(() => undefined);
}
