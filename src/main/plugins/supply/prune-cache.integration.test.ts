import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeRecord } from '../archive/package-record.ts';
import { PACKAGE_RECORD } from '../archive-rules.ts';
import { nodeFiles } from '../../state/node-files.ts';
import { createKnownArchives } from './known-archives.ts';
import { pruneCache } from './prune-cache.ts';
import { wantedArchive } from './wanted-archive.ts';
import { remoteEntry } from './testing/supply-rig.test-support.ts';

const NOW = Date.UTC(2026, 0, 31);
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

let root: string;
beforeEach(async () => (root = await mkdtemp(path.join(tmpdir(), 'firstlight-prune-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

const digestOf = (name: string) => createHash('sha256').update(name).digest('hex');
const entryOf = (name: string) => remoteEntry(name, digestOf(name));
const inCache = () => path.join(root, 'cache');
const inDownloads = () => path.join(root, 'downloads');

/** A package as unpacking leaves it, last used so long ago. */
async function addPackage(name: string, bytes: number, idleMs = 0, folder = inCache()) {
  const target = path.join(folder, digestOf(name));
  await mkdir(target, { recursive: true });
  await writeFile(path.join(target, 'index.js'), Buffer.alloc(bytes));
  await writeFile(path.join(target, PACKAGE_RECORD), writeRecord([['index.js', bytes]]));
  await setTime(target, idleMs);
}

async function addFile(folder: string, name: string, idleMs: number) {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), 'x');
  await setTime(path.join(folder, name), idleMs);
}

async function setTime(file: string, idleMs: number) {
  const time = new Date(NOW - idleMs);
  await utimes(file, time, time);
}

function prune(keep: readonly string[], maxBytes: number) {
  const folders = { cacheFolder: inCache(), downloadsFolder: inDownloads() };
  return pruneCache({ ...folders, keep: keep.map(entryOf), maxBytes, now: NOW });
}

const left = async (folder: string) => (await readdir(folder)).sort();
const digests = (...names: readonly string[]) => names.map(digestOf).sort();

describe('pruneCache', () => {
  it('removes the least recently used packages until the rest fits', async () => {
    await addPackage('old', 100, 3 * DAY);
    await addPackage('older', 100, 4 * DAY);
    await addPackage('new', 100, DAY);
    await prune([], 200);
    expect(await left(inCache())).toEqual(digests('old', 'new'));
  });

  it('keeps what a plan pins, however old, and beyond the limit', async () => {
    await addPackage('kept', 300, 4 * DAY);
    await addPackage('new', 100);
    await prune(['kept'], 200);
    expect(await left(inCache())).toEqual(digests('kept'));
  });

  it('keeps what an unpinned address of a plan gave', async () => {
    await addPackage('tour', 300);
    const tour = remoteEntry('tour');
    await mkdir(inDownloads(), { recursive: true });
    const { address } = wantedArchive(tour);
    const known = createKnownArchives(nodeFiles, inDownloads());
    await known.remember({ address, digest: digestOf('tour') });
    const folders = { cacheFolder: inCache(), downloadsFolder: inDownloads() };
    await pruneCache({ ...folders, keep: [tour], maxBytes: 0, now: NOW });
    expect(await left(inCache())).toEqual(digests('tour'));
    await pruneCache({ ...folders, keep: [], maxBytes: 0, now: NOW });
    expect(await left(inCache())).toEqual([]);
  });

  it('removes what is half unpacked or half removed, and is of no use', async () => {
    await addFile(inCache(), '.unpacking-old', 2 * HOUR);
    await addFile(inCache(), '.unpacking-now', 0);
    await addFile(inCache(), '.evicted-now', 0);
    await addPackage('broken', 1);
    await rm(path.join(inCache(), digestOf('broken'), PACKAGE_RECORD));
    await prune([], 1_000);
    expect(await left(inCache())).toEqual(['.unpacking-now']);
  });

  it('removes parts that nobody wants or goes on with', async () => {
    const names = (name: string) => [`${digestOf(name)}.json`, `${digestOf(name)}.part`];
    const parts = { wanted: DAY, 'long-wanted': 8 * DAY, unwanted: DAY, 'on its way': 0 };
    for (const [name, idleMs] of Object.entries(parts))
      for (const file of names(name)) await addFile(inDownloads(), file, idleMs);
    await writeFile(path.join(inDownloads(), 'index.json'), '[]');
    await prune(['wanted', 'long-wanted'], 0);
    expect(await left(inDownloads())).toEqual(
      [...names('wanted'), ...names('on its way'), 'index.json'].sort(),
    );
  });

  it('has nothing to do on a device that fetched nothing', async () => {
    await prune(['a'], 0);
    expect(await readdir(root)).toEqual([]);
  });

  it('leaves what it does not know', async () => {
    await addFile(inCache(), 'notes.txt', 30 * DAY);
    await prune([], 0);
    expect(await left(inCache())).toEqual(['notes.txt']);
  });

  it('for any packages, removes none that is kept, none too many, and is within the limit', async () => {
    const anyPackage = fc.record({
      bytes: fc.nat(1_000),
      idleMs: fc.nat(DAY),
      isKept: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPackage, { maxLength: 6 }),
        fc.nat(3_000),
        async (all, limit) => {
          await rm(root, { recursive: true, force: true });
          const packages = all.map((one, i) => ({ ...one, name: `package ${i}-${one.bytes}` }));
          for (const { name, bytes, idleMs } of packages) await addPackage(name, bytes, idleMs);
          const kept = packages.filter(({ isKept }) => isKept);
          await prune(
            kept.map(({ name }) => name),
            limit,
          );
          const names = new Set(await readdir(inCache()).catch(() => []));
          const there = packages.filter(({ name }) => names.has(digestOf(name)));
          const gone = packages.filter((one) => !there.includes(one));
          expect(gone.filter(({ isKept }) => isKept)).toEqual([]);
          const sizeOf = (some: typeof packages) => some.reduce((sum, { bytes }) => sum + bytes, 0);
          expect(sizeOf(there)).toBeLessThanOrEqual(Math.max(limit, sizeOf(kept)));
          // What went last was too much still, and everything idle that stayed was used later.
          const last = gone.toSorted((a, b) => a.idleMs - b.idleMs)[0];
          if (last === undefined) return;
          expect(sizeOf(there) + last.bytes).toBeGreaterThan(limit);
          const idle = there.filter(({ isKept }) => !isKept);
          expect(idle.every(({ idleMs }) => idleMs <= last.idleMs)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
