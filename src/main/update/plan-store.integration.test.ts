import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homePaths } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import { cutAt, hookedFiles } from '../state/testing/hooked-files.test-support.ts';
import { createPlanStore } from './plan-store.ts';
import type { InstallJob } from './testing/install-plan.test-support.ts';
import { check, loadedPlan } from './testing/plans.test-support.ts';

const INSTALL = fileURLToPath(new URL('testing/install-plan.test-support.ts', import.meta.url));

const base = await loadedPlan({ revision: 3, note: 'base' });
const older = await loadedPlan({ revision: 5, note: 'older' }, 'local');
const newer = await loadedPlan({ revision: 6, note: 'newer' }, 'local');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-plans-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** A home of its own for each kill, with the older plan accepted. */
async function preparedHome(name: string) {
  const paths = homePaths(path.join(folder, name));
  await nodeFiles.makeFolder(paths.plans);
  const store = createPlanStore({ files: nodeFiles, paths, check });
  await store.accept({ loaded: older, base, isSigned: false });
  return { paths, store };
}

/** Accepts the newer plan in another process, which kills itself on the way. */
function killedInstall(job: InstallJob): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [INSTALL, JSON.stringify(job)], (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve();
      else reject(new Error(`it was not killed: ${stdout}${stderr}`));
    });
  });
}

/** Kills an install at one place, and gives the plan that the next start then takes. */
async function textAfterKillAt(killAt: number): Promise<string> {
  const { paths, store } = await preparedHome(`kill-${killAt}`);
  await killedInstall({ paths, plan: newer, base, killAt });
  const choice = await store.loadActive(base);
  if (!choice.ok || choice.value.notice !== undefined) throw new Error(`damage at ${killAt}`);
  // Whatever the kill left behind does not hinder the next install.
  await store.accept({ loaded: newer, base, isSigned: false });
  expect(await readdir(paths.plans)).toEqual([`${newer.digest}.toml`]);
  return choice.value.loaded.text;
}

/** Where an install can be killed: how often it passes a hook. */
async function countPlaces(): Promise<number> {
  const { paths } = await preparedHome('count');
  const counter = cutAt(Infinity);
  const files = hookedFiles(nodeFiles, counter.hook);
  await createPlanStore({ files, paths, check }).accept({ loaded: newer, base, isSigned: false });
  return counter.count();
}

/** Every place in the full run, else the same few each time: starting a process takes long. */
function chosenFrom(places: readonly number[]): readonly number[] {
  if (process.env.FIRSTLIGHT_FULL === '1') return places;
  const few = fc.shuffledSubarray([...places.slice(1, -1)], { minLength: 4, maxLength: 4 });
  const [sample = []] = fc.sample(few, { seed: 20, numRuns: 1 });
  return [1, ...sample, places.length].sort((a, b) => a - b);
}

describe('installing a plan', () => {
  it('leaves the old plan or the new one, whole, wherever the process is killed', async () => {
    const count = await countPlaces();
    const places = chosenFrom(Array.from({ length: count }, (_, index) => index + 1));
    const seen: string[] = [];
    for (const place of places) seen.push(await textAfterKillAt(place));
    expect(new Set(seen)).toEqual(new Set([older.text, newer.text]));
    // First one, then the other: there is one step that decides.
    expect(seen.lastIndexOf(older.text)).toBeLessThan(seen.indexOf(newer.text));
  });
});
