import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { isWhole } from '../plugins/archive/package-record.ts';
import { homePaths, type HomePaths } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import { cutAt, hookedFiles, PowerCut } from '../state/testing/hooked-files.test-support.ts';
import { unsyncedFiles } from '../state/testing/unsynced-files.test-support.ts';
import type { FilesPort } from '../state/files-port.ts';
import { planFolder } from './plan-repository.ts';
import { createPlanSource } from './plan-source.ts';
import { createPlanStore } from './plan-store.ts';
import { createFetcher } from './sources/fetcher.ts';
import type { ObjectSource } from './sources/object-source.ts';
import type { FilePlace } from './sources/place.ts';
import { parseS3Address } from './sources/s3-address.ts';
import type { UpdateDone, UpdateJob } from './testing/install-update.test-support.ts';
import { check } from './testing/plans.test-support.ts';
import {
  loadBase,
  shippedCore,
  signedRepository,
  type SignedRepository,
} from './testing/signed-repository.test-support.ts';
import { loadTrustRoot } from './trust/load-trust-root.ts';
import { createPlanTrust } from './trust/plan-trust.ts';
import { createUpdater } from './updater.ts';

// The whole of an update: signed metadata, plan, pointer, and the plugins with it. Whatever ends it in
// the middle, the device starts with a whole old plan or a whole new one, and goes on from there.

const INSTALL = fileURLToPath(new URL('testing/install-update.test-support.ts', import.meta.url));
const IS_FULL = process.env.FIRSTLIGHT_FULL === '1';

let folder: string;
let repository: SignedRepository;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-install-'));
  repository = await signedRepository(folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** Updates in another process. `killed` where that killed itself on the way. */
function update(home: string, killAt: number): Promise<UpdateDone | 'killed'> {
  const job: UpdateJob = { ...repository, home, killAt };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [INSTALL, JSON.stringify(job)], (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve('killed');
      else if (error === null) resolve(JSON.parse(stdout) as UpdateDone);
      else reject(new Error(stderr));
    });
  });
}

async function freshHome(name: string): Promise<HomePaths> {
  const paths = homePaths(path.join(folder, name));
  for (const made of [paths.plans, paths.pluginCache, paths.downloads]) {
    await mkdir(made, { recursive: true });
  }
  return paths;
}

/** The revision that a device starts with, which must be one of a whole plan. */
async function revisionOn(files: FilesPort, paths: HomePaths): Promise<number> {
  const base = await loadBase(repository.basePlan, await shippedCore());
  const store = createPlanStore({ files, paths, check, needsSignature: true });
  const choice = await store.loadActive(base);
  if (!choice.ok || choice.value.notice !== undefined) throw new Error('something was damaged');
  return choice.value.loaded.plan.general.revision;
}

/** Seeded, so that a place that fails is the same next time. */
function placesOf(count: number, samples: number): readonly number[] {
  const places = fc.array(fc.integer({ min: 1, max: count }), {
    minLength: samples,
    maxLength: samples,
  });
  return fc.sample(places, { seed: 2026, numRuns: 1 })[0] ?? [];
}

describe('an update that is killed', () => {
  it('leaves a whole old or new plan and whole plugins, and the next one gets all of them', async () => {
    const whole = await update((await freshHome('whole')).folder, 0);
    if (whole === 'killed') throw new Error('nobody asked for that');
    expect(whole).toMatchObject({ revision: 5 });
    expect(whole.packages).toHaveLength(2);
    const samples = placesOf(whole.places, IS_FULL ? 200 : 6);
    const seen = new Set<number>();
    // The first place, and one behind the step that decides, whatever the seed gives.
    for (const killAt of [...samples, 1, Math.floor(whole.places * 0.7)]) {
      const paths = await freshHome(`killed-at-${killAt}`);
      // Flushes of several files overlap, so that one run may have a few places less than another.
      const isSure = killAt < whole.places * 0.9;
      const ended = await update(paths.folder, killAt);
      if (isSure) expect(ended).toBe('killed');
      const revision = await revisionOn(nodeFiles, paths);
      expect([1, 5]).toContain(revision);
      seen.add(revision);
      for (const name of await readdir(paths.pluginCache)) {
        const isAside = name.startsWith('.');
        expect([name, isAside || (await isWhole(path.join(paths.pluginCache, name)))]).toEqual([
          name,
          true,
        ]);
      }
      expect(await update(paths.folder, 0)).toMatchObject({ revision: 5 });
      expect(await revisionOn(nodeFiles, paths)).toBe(5);
      await rm(paths.folder, { recursive: true });
    }
    expect([...seen].sort()).toEqual([1, 5]);
  });
});

/** Reads right here: hundreds of updates would start thousands of reading processes. */
const QUICK_SOURCE: ObjectSource<FilePlace> = {
  open: async ({ place }) => {
    const bytes = await readFile(place.path).catch(() => undefined);
    if (bytes === undefined) {
      const failure = { code: 'update/not-found', message: `${place.path} is not there.` } as const;
      return { ok: false, failure, mayPass: false };
    }
    const body = Readable.from([bytes]) as AsyncIterable<Uint8Array>;
    return { ok: true, value: { kind: 'body', offset: 0, total: bytes.length, body } };
  },
};

describe('an update that a power cut ends', () => {
  /** Updates on a disk that forgets what was not brought onto it. */
  async function updateOn(files: FilesPort, paths: HomePaths) {
    const base = await loadBase(repository.basePlan, await shippedCore());
    const root = await loadTrustRoot(nodeFiles, repository.trust);
    if (!root.ok) throw new Error(root.failure.message);
    const fetcher = createFetcher({
      sources: { file: QUICK_SOURCE },
      limits: { connectMs: 20_000, stallMs: 20_000, totalMs: 60_000, retries: 0 },
      clock: systemClock,
      random: () => 0,
    });
    const trust = createPlanTrust({
      root: root.value,
      fetcher,
      files,
      path: paths.trustedMetadata,
      clock: systemClock,
      buildTime: 0,
    });
    const updater = createUpdater({
      source: createPlanSource({
        fetcher,
        folder: planFolder(base.plan.general, {
          baseFolder: folder,
          mounts: {},
          platform: process.platform,
          parseS3: parseS3Address,
        }),
        trust,
      }),
      check,
      store: createPlanStore({ files, paths, check, needsSignature: true }),
      clock: systemClock,
    });
    const outcome = await updater.update({
      base,
      activeDigest: base.digest,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    if (!outcome.ok) throw new Error(outcome.failure.message);
    return trust.status();
  }

  it('leaves a whole old or new plan, and metadata that the next one goes on with', async () => {
    const paths = homePaths('/home');
    const counter = cutAt(Infinity);
    await updateOn(hookedFiles(unsyncedFiles(), counter.hook), paths);
    const places = Array.from({ length: counter.count() }, (_, index) => index + 1);
    const worst = IS_FULL ? [0, 1, 2, 3, 5, 7, 11, 13] : [0, 1];
    const seen = new Set<number>();
    for (const place of places) {
      for (const choice of worst) {
        const disk = unsyncedFiles();
        await expect(updateOn(hookedFiles(disk, cutAt(place).hook), paths)).rejects.toThrow(
          PowerCut,
        );
        const after = disk.powerCut((options) => choice % options);
        seen.add(await revisionOn(after, paths));
        expect(await updateOn(after, paths)).toMatchObject({ rootVersion: 1, isStale: false });
        expect(await revisionOn(after, paths)).toBe(5);
      }
    }
    expect([...seen].sort()).toEqual([1, 5]);
  });
});
