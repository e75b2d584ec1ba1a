import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../state/node-files.ts';
import { createPlanStore, type PlanStore } from './plan-store.ts';
import { createPlanTrial, judgeLastRun, type PlanTrial, type StartChoice } from './plan-trial.ts';
import { check, loadedPlan } from './testing/plans.test-support.ts';

const base = await loadedPlan({ revision: 1, note: 'base' });
const good = await loadedPlan({ revision: 2, note: 'good' }, 'local');
const bad = await loadedPlan({ revision: 3, note: 'bad' }, 'local');

let folder: string;
let mark: string;
let store: PlanStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-trial-'));
  mark = path.join(folder, 'acting.json');
  const paths = { plans: path.join(folder, 'plans'), accepted: path.join(folder, 'accepted.json') };
  await nodeFiles.makeFolder(paths.plans);
  store = createPlanStore({ files: nodeFiles, paths, check });
  await store.accept({ loaded: good, base, isSigned: false });
  await store.passTrial(good.digest);
  await store.accept({ loaded: bad, base, isSigned: false });
});

afterEach(() => rm(folder, { recursive: true }));

async function start(bootId = 'boot-1'): Promise<StartChoice & { readonly trial: PlanTrial }> {
  const judged = await judgeLastRun({ store, base, mark, bootId });
  if (!judged.ok) throw new Error(judged.failure.message);
  const { loaded, isOnTrial } = judged.value;
  const onTrial = isOnTrial ? loaded.digest : undefined;
  return { ...judged.value, trial: createPlanTrial({ store, base, mark, bootId, onTrial }) };
}

/** Runs the app until its plugins act, and lets it end without a word. */
async function crash(bootId = 'boot-1'): Promise<void> {
  (await start(bootId)).trial.setActing(true);
}

describe('how the last run ended', () => {
  it('says nothing against a plan whose app crashed once', async () => {
    await crash();
    const next = await start();
    expect([next.loaded.digest, next.isOnTrial]).toEqual([bad.digest, true]);
  });

  it('takes a plan back whose app crashed twice, and says so', async () => {
    await crash();
    await crash();
    const next = await start();
    expect(next.loaded.digest).toBe(good.digest);
    expect(next.isOnTrial).toBe(false);
    expect(next.withdrawn).toMatchObject({
      digest: bad.digest,
      failure: { code: 'update/trial-failed' },
    });
    expect(next.notice?.code).toBe('update/trial-failed');
    expect((await start()).withdrawn).toBeUndefined();
  });

  it('is no crash when the power was cut', async () => {
    for (const boot of ['boot-1', 'boot-2', 'boot-3', 'boot-4']) await crash(boot);
    expect((await start('boot-5')).loaded.digest).toBe(bad.digest);
  });

  it('is no crash when no plugin of the plan was acting', async () => {
    for (let run = 0; run < 4; run += 1) {
      const { trial } = await start();
      trial.setActing(true);
      trial.setActing(false);
    }
    expect((await start()).loaded.digest).toBe(bad.digest);
  });

  it('counts nothing against a plan that has passed', async () => {
    const { trial } = await start();
    await trial.pass();
    for (let run = 0; run < 3; run += 1) await crash();
    expect((await start()).loaded.digest).toBe(bad.digest);
    expect(existsSync(mark)).toBe(false);
  });

  it('counts what was acting for another plan against no one', async () => {
    await writeFile(mark, JSON.stringify({ digest: good.digest, bootId: 'boot-1' }));
    await crash();
    expect((await start()).loaded.digest).toBe(bad.digest);
  });

  it('cannot be told from a damaged mark', async () => {
    await crash();
    await writeFile(mark, '{"digest');
    expect((await start()).loaded.digest).toBe(bad.digest);
  });
});

describe('a trial', () => {
  it('is on for the plan that the session starts with, until it has passed', async () => {
    const { trial } = await start();
    expect(trial.isOn(bad.digest)).toBe(true);
    expect(trial.isOn(good.digest)).toBe(false);
    await trial.pass();
    expect(trial.isOn(bad.digest)).toBe(false);
    expect((await start()).isOnTrial).toBe(false);
  });

  it('that fails gives the last good plan', async () => {
    const { trial } = await start();
    expect((await trial.fail()).digest).toBe(good.digest);
  });

  it('of a plan that is taken in the session begins then', async () => {
    const { trial } = await start();
    await trial.pass();
    const third = await loadedPlan({ revision: 4, note: 'third' }, 'local');
    await store.accept({ loaded: third, base, isSigned: false });
    trial.begin(third.digest);
    expect(trial.isOn(third.digest)).toBe(true);
    expect((await trial.fail()).digest).toBe(bad.digest);
  });
});
