import { describe, expect, it } from 'vitest';
import { ok } from '#shared';
import type { StepCall, StepPerformer } from '../../execution/engine/step-performer.ts';
import { checkSteps } from '../../execution/graph/check-steps.ts';
import { aStep } from '../../execution/graph/step.test-support.ts';
import type { StepGraphSpec } from '../../execution/step-spec.ts';
import type { OpenPlugin } from '../plugin-port.ts';
import { ReopeningPerformer } from './reopening-performer.ts';

const STEPS: StepGraphSpec = { steps: [aStep('a')], concurrency: 1, rollback: false };
const OTHER_STEPS: StepGraphSpec = { steps: [aStep('b')], concurrency: 1, rollback: false };
const CRASHED = { code: 'plugin/crashed', message: 'Plugin "p" ended with exit code 3.' } as const;

/** What a fake plugin does when it is asked to work. */
type Work = 'ends well' | 'crashes';

/** A fake of a plugin's process. */
function fakePlugin(work: Work, graph = STEPS) {
  const state = { isUp: true };
  const plugin: OpenPlugin = {
    name: 'p',
    get isUp() {
      return state.isUp;
    },
    hasScreen: false,
    hasWork: true,
    stepsKind: 'steps',
    defaultAnswers: {},
    run: () => Promise.reject(new Error('not a plain one')),
    describeSteps: () => Promise.resolve(ok({ graph, secretInputs: [] })),
    performer: (): StepPerformer => ({
      ask: () => Promise.resolve(ok(true)),
      perform: () => {
        if (work === 'ends well') return Promise.resolve(ok({}));
        state.isUp = false;
        return Promise.resolve({ ok: false, failure: CRASHED });
      },
    }),
    health: () => Promise.resolve(ok({ healthy: true })),
    call: () => Promise.resolve(ok(null)),
    stop: () => {
      state.isUp = false;
      return Promise.resolve();
    },
    crashed: new Promise(() => undefined),
  };
  return plugin;
}

/** A performer over one process and those that follow it, each of which is made when it is started. */
function performing(first: OpenPlugin, next: () => OpenPlugin) {
  const digest = checkSteps(STEPS);
  if (!digest.ok) throw new Error(digest.failure.message);
  const started: OpenPlugin[] = [];
  const performer = new ReopeningPerformer({
    plugin: first,
    answers: {},
    stepsDigest: digest.value.digest,
    works: undefined,
    reopen: () => {
      started.push(next());
      return Promise.resolve(ok(started[started.length - 1] as OpenPlugin));
    },
  });
  const call: StepCall & { readonly part: 'work' } = {
    executionId: 'an-execution',
    step: aStep('a'),
    attempt: 1,
    scope: { inputs: {}, steps: {} },
    signal: new AbortController().signal,
    onEvent: () => undefined,
    askPerson: () => Promise.reject(new Error('nobody is asked')),
    part: 'work',
  };
  return {
    performer,
    started,
    perform: (signal = call.signal) => performer.perform({ ...call, signal }),
  };
}

describe('the steps of a plugin whose process has ended', () => {
  it('are done by a new process', async () => {
    const { perform, started } = performing(fakePlugin('crashes'), () => fakePlugin('ends well'));
    expect(await perform()).toEqual({ ok: false, failure: CRASHED });
    expect(await perform()).toEqual(ok({}));
    expect(started).toHaveLength(1);
  });

  it('share one new process where they run side by side', async () => {
    const { perform, started } = performing(fakePlugin('crashes'), () => fakePlugin('ends well'));
    await perform();
    expect(await Promise.all([perform(), perform()])).toEqual([ok({}), ok({})]);
    expect(started).toHaveLength(1);
  });

  it('start none that nobody waits for', async () => {
    const { perform, started } = performing(fakePlugin('crashes'), () => fakePlugin('ends well'));
    await perform();
    expect(await perform(AbortSignal.abort())).toMatchObject({
      failure: { code: 'step/cancelled' },
    });
    expect(started).toEqual([]);
  });

  it('start none any more after twenty that ended with no step done', async () => {
    const { perform, started } = performing(fakePlugin('crashes'), () => fakePlugin('crashes'));
    for (let time = 0; time <= 20; time += 1) await perform();
    expect(await perform()).toEqual({
      ok: false,
      failure: {
        code: 'plugin/crashed',
        message:
          'Plugin "p" ended 20 times with no step done, and is not started again. The last time: Plugin "p" ended with exit code 3.',
      },
    });
    expect(started).toHaveLength(20);
  });

  it('are not gone on with where the new process has others', async () => {
    const next = fakePlugin('ends well', OTHER_STEPS);
    const { perform } = performing(fakePlugin('crashes'), () => next);
    await perform();
    expect(await perform()).toEqual({
      ok: false,
      failure: {
        code: 'execution/steps-changed',
        message: 'Plugin "p" has other steps after a new start than it had before.',
      },
    });
    expect(next.isUp).toBe(false);
  });

  it('start none once the plugin was stopped for good', async () => {
    const { performer, perform, started } = performing(fakePlugin('ends well'), () =>
      fakePlugin('ends well'),
    );
    await performer.stop();
    expect(await perform()).toMatchObject({ failure: { code: 'plugin/not-running' } });
    expect(started).toEqual([]);
  });
});
