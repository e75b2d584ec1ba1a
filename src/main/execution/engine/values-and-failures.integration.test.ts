import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  functionPerformer,
  StepFailure,
} from '../../executors/testing/function-performer.test-support.ts';
import { aStep } from '../graph/step.test-support.ts';
import type { OpenEngine } from './create-engine.ts';
import { begin, chain, EngineRig, requestOf, standing } from './testing/engine-rig.test-support.ts';

let rig: EngineRig;
let engine: OpenEngine;

beforeEach(async () => {
  rig = await EngineRig.make();
  engine = await rig.open();
});

afterEach(() => rig.remove());

const CHECKED = { check: true, forEach: false, undo: false, verify: false, when: false };

const failing = (message: string) => ({
  run: () => {
    throw new Error(message);
  },
});

describe('values', () => {
  it('are seen by dependents, direct or not, and by nobody else', async () => {
    const seen: Record<string, readonly string[]> = {};
    const performer = functionPerformer(
      { a: { run: () => ({ path: '/x' }) } },
      { run: ({ step, scope }) => void (seen[step.name] = Object.keys(scope.steps).sort()) },
    );
    const steps = [...chain('a', 'b', 'c'), aStep('d')];
    await (await begin(engine, requestOf(steps, performer))).ended();
    expect(seen).toEqual({ b: ['a'], c: ['a', 'b'], d: [] });
  });

  it('are put into commands and into conditions', async () => {
    const cmds: unknown[] = [];
    const performer = functionPerformer(
      { a: { run: () => ({ path: '/x', want: false }) } },
      { run: ({ commands }) => void cmds.push(commands?.[0]?.cmd) },
    );
    const commands = [{ cmd: ['ls', '${{ steps.a.outputs.path }}'] }];
    const steps = [
      aStep('a'),
      aStep('b', { dependsOn: ['a'], work: { kind: 'commands', commands } }),
      aStep('c', { dependsOn: ['a'], when: '${{ steps.a.outputs.want }} == true' }),
    ];
    const view = await (await begin(engine, requestOf(steps, performer))).ended();
    expect(cmds).toEqual([['ls', '/x']]);
    expect(standing(view)).toEqual(['a completed', 'b completed', 'c skipped']);
  });

  it('of a list make a step run once per item, with the item and its number', async () => {
    const seen: unknown[] = [];
    const performer = functionPerformer(
      {},
      {
        run: ({ scope: { item, index } }) => {
          seen.push([item, index]);
          return { is: item ?? null };
        },
      },
    );
    const steps = [aStep('each', { forEach: ['x', 'y'] })];
    const view = await (
      await begin(engine, requestOf(steps, performer, { concurrency: 1 }))
    ).ended();
    expect(seen).toEqual([
      ['x', 0],
      ['y', 1],
    ]);
    expect(view.results['each']?.outputs).toEqual({ is: ['x', 'y'] });
    expect(standing(view)).toEqual(['each completed', 'each[0] completed', 'each[1] completed']);
  });
});

describe('failures', () => {
  it('are tried again, after a wait, as often as the step says', async () => {
    let tries = 0;
    const performer = functionPerformer({
      a: {
        run: () => {
          tries += 1;
          if (tries < 3) throw new Error(`try ${tries}`);
        },
      },
    });
    const backoff = { initialSeconds: 0.001, maxSeconds: 0.002 };
    const steps = [aStep('a', { retry: { maxAttempts: 3, backoff } })];
    const started = await begin(engine, requestOf(steps, performer));
    const view = await started.ended();
    expect(view.results['a']).toMatchObject({ success: true, attempts: 3 });
    const retries = started.events.filter(({ type }) => type === 'StepRetry');
    expect(retries).toMatchObject([
      { attempt: 1, errorMessage: 'try 1' },
      { attempt: 2, errorMessage: 'try 2' },
    ]);
  });

  it('that no attempt can mend are not tried again', async () => {
    let tries = 0;
    const performer = functionPerformer({
      a: {
        run: () => {
          tries += 1;
          throw new StepFailure({ code: 'step/sudo-denied', message: 'no' });
        },
      },
    });
    const backoff = { initialSeconds: 0.001, maxSeconds: 0.001 };
    const steps = [aStep('a', { retry: { maxAttempts: 3, backoff } })];
    await (await begin(engine, requestOf(steps, performer))).ended();
    expect(tries).toBe(1);
  });

  it('of whatever performs steps are failures of the step, even when it throws', async () => {
    const performer = {
      ask: () => Promise.reject(new Error('the line is dead')),
      perform: () => Promise.reject(new Error('the line is dead')),
    };
    const steps = [aStep('a'), aStep('b', { has: CHECKED })];
    const view = await (await begin(engine, requestOf(steps, performer))).ended();
    expect(standing(view)).toEqual(['a failed', 'b failed']);
    expect(view.error?.message).toBe('the line is dead');
  });

  it('of a proof are failures of the step', async () => {
    const performer = functionPerformer({ a: { verify: () => false } });
    const steps = [aStep('a', { has: { ...CHECKED, check: false, verify: true } })];
    const view = await (await begin(engine, requestOf(steps, performer))).ended();
    expect(view.error).toEqual({
      step: 'a',
      message: 'The step "a" ended well, but its proof says that it did not take.',
      code: 'step/not-verified',
    });
  });

  it('with rollback undo what was done, newest first, and clean up after that', async () => {
    const order: string[] = [];
    const performer = functionPerformer(
      { c: failing('no'), clean: { run: () => void order.push('clean') } },
      {
        run: ({ step }) => void order.push(step.name),
        undo: ({ step }) => void order.push(`undo ${step.name}`),
      },
    );
    const has = { ...CHECKED, check: false, undo: true };
    const steps = [
      ...chain('a', 'b', 'c').map((step) => ({ ...step, has })),
      aStep('clean', { always: true }),
    ];
    const request = requestOf(steps, performer, { rollback: true });
    expect((await (await begin(engine, request)).ended()).status).toBe('failed');
    expect(order).toEqual(['a', 'b', 'undo b', 'undo a', 'clean']);
  });
});
