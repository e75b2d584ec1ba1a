import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functionPerformer } from '../../executors/testing/function-performer.test-support.ts';
import { aStep } from '../graph/step.test-support.ts';
import type { OpenEngine } from './create-engine.ts';
import { stepExecutionState } from './step-execution-state.ts';
import {
  begin,
  chain,
  door,
  EngineRig,
  PERSON,
  requestOf,
  standing,
  told,
  valueOf,
} from './testing/engine-rig.test-support.ts';

let rig: EngineRig;
let engine: OpenEngine;

beforeEach(async () => {
  rig = await EngineRig.make();
  engine = await rig.open();
});

afterEach(() => rig.remove());

const NOTHING = functionPerformer({});
const CHECKED = { check: true, forEach: false, undo: false, verify: false, when: false };

/** Notes the order in which steps begin and end their work. */
function noting(order: string[]) {
  return functionPerformer(
    {},
    {
      async run({ step }) {
        order.push(`${step.name} begins`);
        await Promise.resolve();
        order.push(`${step.name} ends`);
      },
    },
  );
}

const failing = (message: string) => ({
  run: () => {
    throw new Error(message);
  },
});

describe('results', () => {
  it('SR-001: a step that succeeded has its output, values and counts', async () => {
    const performer = functionPerformer(
      {},
      {
        // eslint-disable-next-line @typescript-eslint/require-await
        async *run() {
          yield { type: 'output', stream: 'stdout', text: 'done it' };
          yield { type: 'metric', name: 'bytes', value: 7 };
          return { path: '/tmp/x' };
        },
      },
    );
    const started = await begin(engine, requestOf([aStep('a')], performer));
    const { results } = await started.ended();
    expect(results['a']).toEqual({
      stepName: 'a',
      success: true,
      skipped: false,
      output: 'done it\n',
      durationSeconds: expect.any(Number) as number,
      attempts: 1,
      outputs: { path: '/tmp/x' },
      metrics: { bytes: 7 },
    });
  });

  it('SR-002: a step that was done already is a success that was skipped', async () => {
    const performer = functionPerformer({ a: { check: () => true } });
    const started = await begin(engine, requestOf([aStep('a', { has: CHECKED })], performer));
    const { results, steps } = await started.ended();
    expect(results['a']).toMatchObject({ success: true, skipped: true, attempts: 0 });
    expect(steps[0]).toMatchObject({ status: 'skipped', reason: 'check' });
  });

  it('SR-003: a step that failed says why', async () => {
    const performer = functionPerformer({ a: failing('no such mirror') });
    const started = await begin(engine, requestOf([aStep('a')], performer));
    const view = await started.ended();
    expect(view.results['a']).toMatchObject({
      success: false,
      skipped: false,
      errorMessage: 'no such mirror',
    });
    expect(view).toMatchObject({
      status: 'failed',
      error: { step: 'a', message: 'no such mirror', code: 'step/failed' },
    });
  });
});

describe('the state of steps', () => {
  it('SES-001: begins with nothing done', async () => {
    const work = door();
    const performer = functionPerformer({ a: { run: () => work.opened } });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    const { startTime: startedAt, lastUpdated } = started.view();
    expect(stepExecutionState(started.view())).toEqual({
      pluginName: 'sample',
      completedSteps: [],
      currentSteps: ['a'],
      stepResults: {},
      startedAt,
      lastUpdated,
    });
    work.open();
  });

  it('SES-002: tracks which steps are done, skipped ones among them', async () => {
    const work = door();
    const performer = functionPerformer({
      a: { check: () => true },
      c: { run: () => work.opened },
    });
    const steps = [aStep('a', { has: CHECKED }), ...chain('b', 'c')];
    const started = await begin(engine, requestOf(steps, performer));
    const view = await started.until(
      ({ steps: [, b, c] }) => b?.status === 'completed' && c?.status === 'running',
    );
    const state = stepExecutionState(view);
    expect(state.completedSteps).toEqual(['a', 'b']);
    expect(state.currentSteps).toEqual(['c']);
    work.open();
  });

  it('SES-003: stores results by step', async () => {
    const performer = functionPerformer({ a: { run: () => ({ one: 1 }) } });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    const { stepResults } = stepExecutionState(await started.ended());
    expect(Object.keys(stepResults)).toEqual(['a', 'b']);
    expect(stepResults['a']?.outputs).toEqual({ one: 1 });
  });
});

describe('events', () => {
  it('SE-001, ESS-007: a start says which step it is of how many', async () => {
    const started = await begin(engine, requestOf(chain('a', 'b'), NOTHING));
    await started.ended();
    const starts = started.events.filter(({ type }) => type === 'StepStart');
    expect(starts).toMatchObject([
      { stepName: 'a', stepNumber: 1, totalSteps: 2, stepDescription: 'Does a' },
      { stepName: 'b', stepNumber: 2, totalSteps: 2, stepDescription: 'Does b' },
    ]);
  });

  it('SE-002: an end with success', async () => {
    const started = await begin(engine, requestOf([aStep('a')], NOTHING));
    await started.ended();
    const end = started.events.find(({ type }) => type === 'StepEnd');
    expect(end).toMatchObject({ stepName: 'a', success: true, skipped: false });
    expect(end).not.toHaveProperty('errorMessage');
  });

  it('SE-003: an end that was skipped', async () => {
    const performer = functionPerformer({ a: { check: () => true } });
    const started = await begin(engine, requestOf([aStep('a', { has: CHECKED })], performer));
    await started.ended();
    const end = started.events.find(({ type }) => type === 'StepEnd');
    expect(end).toMatchObject({ success: true, skipped: true });
  });

  it('SE-004: an end with a failure', async () => {
    const performer = functionPerformer({ a: failing('no') });
    const started = await begin(engine, requestOf([aStep('a')], performer));
    await started.ended();
    const end = started.events.find(({ type }) => type === 'StepEnd');
    expect(end).toMatchObject({ success: false, skipped: false, errorMessage: 'no' });
  });

  it('come in the order in which things happen, and the end is the last one', async () => {
    const started = await begin(engine, requestOf(chain('a', 'b'), NOTHING));
    await started.ended();
    expect(told(started.events)).toEqual([
      'ExecutionStatus running',
      'StepStart a',
      'StepEnd a',
      'StepStart b',
      'StepEnd b',
      'ExecutionStatus completed',
    ]);
  });

  it('of a missed stretch are heard by whoever comes back with the last id', async () => {
    const started = await begin(engine, requestOf(chain('a', 'b'), NOTHING));
    await started.ended();
    const heard: string[] = [];
    const again = engine.subscribe(started.id, started.events[2]?.id, ({ id }) => heard.push(id));
    expect(again?.complete).toBe(true);
    expect(heard).toEqual(started.events.slice(3).map(({ id }) => id));
  });
});

describe('an execution of steps', () => {
  it('ESS-001: runs a single step', async () => {
    const started = await begin(engine, requestOf([aStep('a')], NOTHING));
    expect(await started.ended()).toMatchObject({ status: 'completed', progress: 100 });
  });

  it('ESS-002, DEP-005: without dependencies runs in the declared order', async () => {
    const order: string[] = [];
    const steps = ['c', 'a', 'b'].map((name) => aStep(name));
    const started = await begin(engine, requestOf(steps, noting(order), { concurrency: 1 }));
    await started.ended();
    expect(order).toEqual(['c begins', 'c ends', 'a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('ESS-003, DEP-001: begins a step when what it depends on has ended', async () => {
    const order: string[] = [];
    const started = await begin(engine, requestOf(chain('a', 'b'), noting(order)));
    await started.ended();
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('DEP-002: runs the two sides of a diamond at once, and its foot after both', async () => {
    const order: string[] = [];
    const steps = [
      aStep('top'),
      aStep('left', { dependsOn: ['top'] }),
      aStep('right', { dependsOn: ['top'] }),
      aStep('foot', { dependsOn: ['left', 'right'] }),
    ];
    const started = await begin(engine, requestOf(steps, noting(order)));
    await started.ended();
    expect(order.slice(2, 6)).toEqual(
      expect.arrayContaining(['left begins', 'right begins', 'left ends', 'right ends']),
    );
    expect(order.slice(6)).toEqual(['foot begins', 'foot ends']);
  });

  it('ESS-004: does not do what is done already', async () => {
    const order: string[] = [];
    const performer = functionPerformer(
      { a: { check: () => true, run: () => void order.push('a') } },
      { run: ({ step }) => void order.push(step.name) },
    );
    const steps = [aStep('a', { has: CHECKED }), aStep('b', { dependsOn: ['a'] })];
    const started = await begin(engine, requestOf(steps, performer));
    expect(standing(await started.ended())).toEqual(['a skipped', 'b completed']);
    expect(order).toEqual(['b']);
  });

  it('ESS-005: stops at the first failure', async () => {
    const performer = functionPerformer({ b: failing('no') });
    const steps = [...chain('a', 'b', 'c'), aStep('d')];
    const started = await begin(engine, requestOf(steps, performer, { concurrency: 1 }));
    const view = await started.ended();
    expect(view.status).toBe('failed');
    expect(standing(view)).toEqual(['a completed', 'b failed', 'c blocked', 'd cancelled']);
  });

  it('ESS-006: runs a function of its author', async () => {
    const performer = functionPerformer({
      a: { run: ({ scope }) => ({ doubled: Number(scope.inputs['n']) * 2 }) },
    });
    const started = await begin(engine, requestOf([aStep('a')], performer, { inputs: { n: 21 } }));
    expect((await started.ended()).results['a']?.outputs).toEqual({ doubled: 42 });
  });

  it('ESS-008: goes on from a step that is named: that and its dependents run again', async () => {
    const order: string[] = [];
    const performer = functionPerformer({}, { run: ({ step }) => void order.push(step.name) });
    const steps = [...chain('a', 'b', 'c'), aStep('d')];
    const started = await begin(engine, requestOf(steps, performer, { concurrency: 1 }));
    await started.ended();
    order.length = 0;
    valueOf(await engine.control(started.id, { type: 'resume', from: 'b' }, PERSON));
    expect((await started.ended()).status).toBe('completed');
    expect(order).toEqual(['b', 'c']);
  });

  it('ESS-009: collects output, whole lines of it, at most 16 KiB', async () => {
    const line = 'x'.repeat(999);
    const performer = functionPerformer({
      a: {
        // eslint-disable-next-line @typescript-eslint/require-await
        async *run() {
          for (let i = 0; i < 40; i += 1) yield { type: 'output', stream: 'stdout', text: line };
          yield { type: 'output', stream: 'stderr', text: 'last' };
        },
      },
    });
    const started = await begin(engine, requestOf([aStep('a')], performer));
    const output = (await started.ended()).results['a']?.output ?? '';
    expect(output.length).toBeLessThanOrEqual(16 * 1024);
    expect(output.length).toBeGreaterThan(15 * 1024);
    expect(output.endsWith(`${line}\nlast\n`)).toBe(true);
  });

  it('ESS-010: steps of two executions that share a mutex never overlap', async () => {
    let inside = 0;
    let most = 0;
    const performer = functionPerformer(
      {},
      {
        async run() {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise(setImmediate);
          inside -= 1;
        },
      },
    );
    const steps = ['a', 'b', 'c'].map((name) => aStep(name, { mutexes: ['apt'] }));
    const started = await Promise.all([1, 2].map(() => begin(engine, requestOf(steps, performer))));
    for (const each of started) expect((await each.ended()).status).toBe('completed');
    expect(most).toBe(1);
  });
});
