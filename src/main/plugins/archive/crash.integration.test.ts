import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutAt, PowerCut } from '../../state/testing/hooked-files.test-support.ts';
import { cleanCache, unpackPlugin } from '../unpack.ts';
import { hookedUnpackFiles } from './testing/hooked-unpack-files.test-support.ts';
import type { UnpackJob } from './testing/install-package.test-support.ts';
import { MANIFEST, rawArchive } from './testing/raw-tar.test-support.ts';
import { contentOf, unpackRig, type UnpackRig } from './testing/unpack-rig.test-support.ts';
import { unsyncedFolders } from './testing/unsynced-folders.test-support.ts';
import { nodeUnpackFiles } from './unpack-files.ts';

const INSTALL = fileURLToPath(new URL('testing/install-package.test-support.ts', import.meta.url));
const isFull = process.env.FIRSTLIGHT_FULL === '1';
const KILLS = isFull ? 200 : 10;
const TIMEOUT_MS = isFull ? 600_000 : 60_000;
const CUTS = isFull ? 3000 : 300;

/** Two folders, an empty file, and one that is written in pieces. */
const ARCHIVE = rawArchive([
  MANIFEST,
  { name: 'package/web/index.html', content: '<!doctype html>' },
  { name: 'package/web/img/a.svg', content: '<svg/>' },
  { name: 'package/empty' },
  { name: 'package/large', content: Buffer.alloc(2_500_000, 'firstlight') },
]);
const DIGEST = createHash('sha256').update(ARCHIVE).digest('hex');

let rig: UnpackRig;
let whole: Readonly<Record<string, string>>;
/** Where an install can be hit: how often it passes a hook. */
let places: number;
beforeEach(async () => {
  rig = await unpackRig();
  const counter = cutAt(Infinity);
  const files = hookedUnpackFiles(nodeUnpackFiles, counter.hook);
  const result = await rig.unpack(ARCHIVE, { files });
  if (!result.ok) throw new Error(result.failure.message);
  places = counter.count();
  whole = await contentOf(result.value);
});
afterEach(() => rig.dispose());

describe('unpacking', () => {
  it(
    'leaves no package or a whole one, wherever the process is killed',
    async () => {
      const seen = new Set<string>();
      for (const [index, killAt] of chosenPlaces().entries()) {
        const cacheFolder = path.join(path.dirname(rig.cache), `killed-${index}`);
        await killedInstall({ archive: rig.archive, cacheFolder, killAt });
        const left = await contentOf(cacheFolder).catch(() => ({}));
        const found = packageIn(left);
        expect([{}, whole]).toContainEqual(found);
        seen.add(Object.keys(found).length === 0 ? 'none' : 'whole');
        // Whatever the kill left behind is cleaned away, and does not hinder the next install.
        await cleanCache(cacheFolder);
        const next = await unpackPlugin({ archive: rig.archive, cacheFolder });
        expect(next.ok).toBe(true);
        expect(packageIn(await contentOf(cacheFolder))).toEqual(whole);
      }
      expect(seen).toEqual(new Set(['none', 'whole']));
    },
    TIMEOUT_MS,
  );

  it(
    'leaves no package or a whole one, wherever the power is cut',
    async () => {
      const seen = new Set<string>();
      const cut = fc.record({
        at: fc.integer({ min: 1, max: places }),
        seed: fc.infiniteStream(fc.nat()),
      });
      await fc.assert(
        fc.asyncProperty(cut, async ({ at, seed }) => {
          const disk = unsyncedFolders(path.dirname(rig.cache));
          const files = hookedUnpackFiles(disk.files, cutAt(at).hook);
          const cacheFolder = path.join(path.dirname(rig.cache), 'cut');
          const work = unpackPlugin({ archive: rig.archive, cacheFolder, files });
          await expect(work).rejects.toBeInstanceOf(PowerCut);
          const left = disk.powerCut((options) => seed.next().value % options);
          const found = packageIn(below('cut', left));
          expect([{}, filesOf(whole)]).toContainEqual(found);
          seen.add(Object.keys(found).length === 0 ? 'none' : 'whole');
        }),
        {
          seed: 20,
          numRuns: CUTS,
          examples: [[{ at: places, seed: fc.sample(fc.infiniteStream(fc.nat()), 1)[0]! }]],
        },
      );
      expect(seen).toEqual(new Set(['none', 'whole']));
    },
    TIMEOUT_MS,
  );

  it('has the package on the disk when it says so', async () => {
    const disk = unsyncedFolders(path.dirname(rig.cache));
    const cacheFolder = path.join(path.dirname(rig.cache), 'done');
    const result = await unpackPlugin({ archive: rig.archive, cacheFolder, files: disk.files });
    expect(result.ok).toBe(true);
    expect(
      packageIn(
        below(
          'done',
          disk.powerCut(() => 0),
        ),
      ),
    ).toEqual(filesOf(whole));
  });
});

/** The last places, where it is decided, and a sample of the others: the same in each run. */
function chosenPlaces(): readonly number[] {
  const last = [places - 3, places - 2, places - 1, places];
  const others = fc.sample(fc.integer({ min: 1, max: places - 4 }), {
    seed: 20,
    numRuns: KILLS - 4,
  });
  return [...others, ...last];
}

/** Unpacks in another process, which kills itself on the way. */
function killedInstall(job: UnpackJob): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [INSTALL, JSON.stringify(job)], (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve();
      else reject(new Error(`it was not killed: ${stdout}${stderr}`));
    });
  });
}

type Listing = Readonly<Record<string, string>>;

/** What lies in the folder that only a whole package may have. */
function packageIn(cache: Listing): Listing {
  const found = below(DIGEST, cache);
  return Object.fromEntries(Object.entries(found).filter(([name]) => name !== ''));
}

function below(folder: string, all: Listing): Listing {
  const inside = Object.entries(all).filter(([name]) => name.startsWith(`${folder}/`));
  return Object.fromEntries(inside.map(([name, text]) => [name.slice(folder.length + 1), text]));
}

function filesOf(all: Listing): Listing {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith('/')));
}
