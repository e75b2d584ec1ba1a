import { describe, expect, it } from 'vitest';
import { ok, type PluginEntry, type SequencedPlugin } from '#shared';
import { headless, plugin } from '../flow/flow.test-support.ts';
import type { PluginSupply } from '../plugins/supply/plugin-supply.ts';
import type { PlanTrial } from '../update/plan-trial.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import { SessionRig, testPlan } from './session-rig.test-support.ts';

const TEN_MINUTES = 10 * 60 * 1000;
const good = testPlan([], { digest: 'good' });

/** A trial that is kept in memory, with all that was said to it. */
function fakeTrial(onTrial?: string) {
  let current = onTrial;
  const said: string[] = [];
  const trial: PlanTrial = {
    isOn: (digest) => digest === current,
    begin: (digest) => {
      current = digest;
      said.push(`begin ${digest}`);
    },
    setActing: (isActing) => {
      const line = isActing ? 'acting' : 'idle';
      if (said.at(-1) !== line) said.push(line);
    },
    pass: () => {
      current = undefined;
      said.push('pass');
      return Promise.resolve();
    },
    fail: () => {
      current = undefined;
      said.push('fail');
      return Promise.resolve(good);
    },
  };
  return { trial, said };
}

function planOf(...plugins: readonly SequencedPlugin[]): LoadedPlan {
  return testPlan(plugins, { digest: 'new' });
}

async function onTrial(plan: LoadedPlan) {
  const { trial, said } = fakeTrial('new');
  const rig = await new SessionRig({ trial }).begin(plan);
  return { rig, said };
}

/** Lets this much time pass, as far as anything waits for it. */
async function pass(rig: SessionRig, ms: number): Promise<void> {
  const end = rig.clock.now() + ms;
  rig.clock.after(ms, () => undefined);
  while (rig.clock.now() < end) {
    rig.clock.advance();
    await rig.settled();
  }
}

describe('a plan on trial', () => {
  it('passes at its first handoff, one that quiet brings included', async () => {
    const { rig, said } = await onTrial(planOf(plugin('tour', { after: 'welcomeCompleted' })));
    await rig.answer('welcome');
    expect(said).not.toContain('pass');
    await rig.answer('tour', {});
    rig.host.last('tour').finish(ok(undefined));
    await rig.settled();
    expect(rig.trace.at(-2)?.type).not.toBe('flow.finished');
    expect(said).toContain('pass');
  });

  it('passes at the end of the flow', async () => {
    const { rig, said } = await onTrial(planOf());
    await rig.answer('welcome');
    for (const name of ['wifi', 'login', 'provision', 'finish']) {
      expect(said).not.toContain('pass');
      await rig.answer(name);
    }
    expect(said).toContain('pass');
  });

  it('is marked as long as one of its plugins acts', async () => {
    const { rig, said } = await onTrial(planOf(headless('scan', { run_async: true })));
    expect(said.at(-1)).toBe('acting');
    rig.host.last('scan').finish(ok(undefined));
    await rig.settled();
    expect(said.at(-1)).toBe('idle');
  });

  it('is marked again when the app is started again in the middle of it', async () => {
    const first = await onTrial(planOf(headless('scan', { run_async: true })));
    const { trial, said } = fakeTrial('new');
    await new SessionRig({ trial, records: first.rig.records }).resume(planOf());
    expect(said).toEqual(['acting']);
  });

  it('is not marked any more once the app was asked to end', async () => {
    const { rig, said } = await onTrial(planOf(headless('scan', { run_async: true })));
    await rig.session.stop();
    expect(said.at(-1)).toBe('idle');
  });

  it('fails when its plugins make no progress for ten minutes, and setup goes on without it', async () => {
    const { rig, said } = await onTrial(planOf(headless('hung', { after: 'welcomeCompleted' })));
    await rig.answer('welcome');
    await pass(rig, TEN_MINUTES - 1);
    expect(said).not.toContain('fail');
    await pass(rig, 1);
    expect(said).toContain('fail');
    expect(rig.hub.snapshot().plan?.digest).toBe('good');
    expect(rig.trace).toContainEqual(
      expect.objectContaining({ type: 'plan.update_failed', reason: 'trial-failed' }),
    );
    expect(rig.story()).toContain('plugin.completed hung');
    expect(rig.host.last('hung').stopped).toBe(true);
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'wifi' });
  });

  it('gets ten more minutes with each step of progress, but not for saying the same again', async () => {
    const { rig, said } = await onTrial(planOf(headless('slow', { after: 'welcomeCompleted' })));
    await rig.answer('welcome');
    const work = (percent: number) => rig.host.last('slow').runs[0]!.onProgress({ percent });
    for (const percent of [10, 20, 30]) {
      work(percent);
      await pass(rig, TEN_MINUTES - 1);
    }
    work(30);
    expect(said).not.toContain('fail');
    await pass(rig, 1);
    expect(said).toContain('fail');
  });

  it('is given all the time that a person takes', async () => {
    const { rig, said } = await onTrial(planOf(plugin('form', { after: 'welcomeCompleted' })));
    await rig.answer('welcome');
    await pass(rig, 10 * TEN_MINUTES);
    expect(said).not.toContain('fail');
    expect(rig.stage).toMatchObject({ kind: 'plugin', plugin: 'form' });
  });

  it('begins when the updater brings it', async () => {
    const { trial, said } = fakeTrial();
    const newer = planOf(headless('scan', { run_async: true }));
    const rig = await new SessionRig({
      trial,
      updater: { update: () => Promise.resolve(ok({ kind: 'updated', loaded: newer })) },
    }).begin();
    rig.network.change({ connected: 'Home' });
    await rig.settled();
    expect(said).toContain('begin new');
    expect(said.at(-1)).toBe('acting');
  });
});

describe('a plan that was taken back at the start', () => {
  it('is withdrawn from the setup that it was running', async () => {
    const first = await onTrial(planOf(headless('bad', { after: 'welcomeCompleted' })));
    await first.rig.answer('welcome');
    const rig = new SessionRig({ records: first.rig.records });
    const message = 'It crashed.';
    const failure = { code: 'update/trial-failed', message } as const;
    await rig.resume(good, { digest: 'new', failure });
    expect(rig.trace).toContainEqual(
      expect.objectContaining({ type: 'plan.update_failed', reason: 'trial-failed', message }),
    );
    expect(rig.story()).toContain('plugin.completed bad');
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'wifi' });
  });
});

describe('a setup that is resumed online, with another plan to run on', () => {
  it('has the updater compare with that plan, not with the one it was left with', async () => {
    const first = await onTrial(planOf());
    const asked: string[] = [];
    const rig = new SessionRig({
      records: first.rig.records,
      updater: {
        update: ({ activeDigest }) => {
          asked.push(activeDigest);
          return Promise.resolve(ok({ kind: 'unchanged', reason: 'up-to-date', message: '' }));
        },
      },
    });
    rig.network.change({ wired: true });
    await rig.resume(good);
    expect(asked).toEqual(['good']);
    const types = rig.trace.map(({ type }) => type);
    expect(types.indexOf('plan.activated')).toBeLessThan(types.indexOf('plan.unchanged'));
  });
});

describe('plugins that must be fetched', () => {
  function fakeSupply() {
    const wanted: string[][] = [];
    const supply: PluginSupply = {
      prefetch: (entries: readonly PluginEntry[]) => {
        wanted.push(entries.map(({ name }) => name));
      },
      get: () => Promise.reject(new Error('the host asks, not the session')),
      whenIdle: () => Promise.resolve(),
      dispose: () => Promise.resolve(),
    };
    return { supply, wanted };
  }

  it('are fetched once there is a network, in the order in which they are needed', async () => {
    const { supply, wanted } = fakeSupply();
    const plan = planOf(
      plugin('last', { after: 'loginCompleted' }),
      plugin('first', { after: 'wifiCompleted' }),
    );
    const rig = await new SessionRig({ supply }).begin(plan);
    expect(wanted).toEqual([]);
    rig.network.change({ connected: 'Home' });
    await rig.settled();
    expect(wanted).toEqual([['first', 'last']]);
  });

  it('are those of the newer plan once it is in force', async () => {
    const { supply, wanted } = fakeSupply();
    const newer = planOf(plugin('fresh', { after: 'wifiCompleted' }));
    const rig = await new SessionRig({
      supply,
      updater: { update: () => Promise.resolve(ok({ kind: 'updated', loaded: newer })) },
    }).begin(testPlan([plugin('stale', { after: 'wifiCompleted' })]));
    rig.network.change({ connected: 'Home' });
    await rig.settled();
    expect(wanted.at(-1)).toEqual(['fresh']);
    expect(wanted.flat()).not.toContain('stale');
  });
});

describe('a flag', () => {
  it('is decided when it is used, not before', async () => {
    const plan = planOf(plugin('tour', { after: 'welcomeCompleted', when_flag: { flag: 'tour' } }));
    const flags = { tour: { state: 'ENABLED', variants: { off: false }, defaultVariant: 'off' } };
    const rig = await new SessionRig().begin({
      ...plan,
      plan: { ...plan.plan, flags: flags as LoadedPlan['plan']['flags'] },
    });
    expect(rig.decided).toEqual([]);
    await rig.answer('welcome');
    expect(rig.decided).toEqual(['tour=off']);
  });
});
