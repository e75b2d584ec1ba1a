import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '#shared';
import { SimulatedClock } from '../../clock.ts';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import type { StepCall, StepPerformer } from './step-performer.ts';
import {
  begin,
  chain,
  EngineRig,
  PERSON,
  requestOf,
  standing,
  valueOf,
} from './testing/engine-rig.test-support.ts';

let rig: EngineRig;

beforeEach(async () => {
  rig = await EngineRig.make();
});

afterEach(() => rig.remove());

const HAS = { check: false, forEach: false, undo: false, verify: false, when: false };
const TOO_LATE = 'The step "a" took longer than its 1 s.';

/**
 * Fake: the first work of step `a`, conditions and undoing wait until they hear that they are called
 * off, and end as if all was well. Everything else does nothing.
 */
function obedient(begun: string[] = []): StepPerformer {
  return {
    async ask({ part, signal }) {
      if (part === 'when') await whenAborted(signal);
      return ok(part === 'verify');
    },
    async perform({ step, part, signal }) {
      const waits = part === 'undo' || (step.name === 'a' && !begun.includes('a'));
      begun.push(step.name);
      if (waits) await whenAborted(signal);
      return ok({});
    },
  };
}

function whenAborted(signal: StepCall['signal']): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

describe('a step that ends early because its time is over', () => {
  it.each([
    ['a function', {}],
    ['one that must not run twice', { idempotent: false }],
    ['one that waits in its condition', { has: { ...HAS, when: true } }],
  ] as const)('has failed: %s', async (_what, fields: Partial<StepSpec>) => {
    const clock = new SimulatedClock(1_000_000);
    const engine = await rig.open({ clock });
    const steps = [aStep('a', { timeoutSeconds: 1, ...fields }), aStep('b', { dependsOn: ['a'] })];
    const started = await begin(engine, requestOf(steps, obedient()));
    const view = await clock.runUntil(started.ended());
    expect(standing(view)).toEqual(['a failed', 'b blocked']);
    expect(view.error).toEqual({ step: 'a', message: TOO_LATE, code: 'step/timeout' });
  });

  it('is tried again', async () => {
    const clock = new SimulatedClock(1_000_000);
    const engine = await rig.open({ clock });
    const retry = { maxAttempts: 2, backoff: { initialSeconds: 1, maxSeconds: 1 } };
    const steps = [aStep('a', { timeoutSeconds: 1, retry })];
    const started = await begin(engine, requestOf(steps, obedient()));
    const view = await clock.runUntil(started.ended());
    expect(view.results['a']).toMatchObject({ success: false, attempts: 2 });
    expect(started.events).toContainEqual(
      expect.objectContaining({ type: 'StepRetry', errorMessage: TOO_LATE }),
    );
  });

  it('was not undone, where that took too long', async () => {
    const clock = new SimulatedClock(1_000_000);
    const engine = await rig.open({ clock });
    const steps = [
      aStep('b', { timeoutSeconds: 1, has: { ...HAS, undo: true } }),
      aStep('a', { dependsOn: ['b'], timeoutSeconds: 1 }),
    ];
    const started = await begin(engine, requestOf(steps, obedient(), { rollback: true }));
    await started.until((view) => view.steps[1]?.status === 'running');
    await clock.runUntil(started.ended());
    const why = JSON.stringify('The step "b" took longer than its 1 s.');
    const journal = await rig.allBytes();
    expect(journal.includes(`"undo.ended","step":"b","success":false,"error":${why}`)).toBe(true);
  });
});

describe('a step that ends early because the execution is stopped', () => {
  /** Stops at the work of step `a`, goes on, and gives how it stood after the stop, and what was begun. */
  async function stopped(fields: Partial<StepSpec>) {
    const engine = await rig.open();
    const begun: string[] = [];
    const [a, b] = chain('a', 'b');
    const steps = [{ ...a, ...fields }, b] as readonly StepSpec[];
    const started = await begin(engine, requestOf(steps, obedient(begun)));
    await started.until(({ steps: [shown] }) => shown?.status === 'running');
    valueOf(await engine.control(started.id, { type: 'stop' }, PERSON));
    const view = await started.ended();
    valueOf(await engine.control(started.id, { type: 'resume' }, PERSON));
    expect(await started.ended()).toMatchObject({ status: 'completed', progress: 100 });
    return { stood: standing(view), begun };
  }

  it('was called off, and does its work when the execution goes on', async () => {
    expect(await stopped({})).toEqual({
      stood: ['a cancelled', 'b cancelled'],
      begun: ['a', 'a', 'b'],
    });
  });

  it.each([
    ['must not run twice', { idempotent: false }],
    ['consists of commands', { work: { kind: 'commands', commands: [{ cmd: ['true'] }] } }],
    ['has a proof', { has: { ...HAS, verify: true } }],
  ] as const)('counts as done where it %s', async (_what, fields) => {
    expect(await stopped(fields)).toEqual({
      stood: ['a completed', 'b cancelled'],
      begun: ['a', 'b'],
    });
  });
});
