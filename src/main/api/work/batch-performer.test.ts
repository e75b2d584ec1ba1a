import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '#shared';
import type {
  StepCall,
  StepPerformer,
  WorkDone,
  WorkEvent,
} from '../../execution/engine/step-performer.ts';
import { batchPerformer, type FailureHandling } from './batch-performer.ts';

const BROKEN: Result<WorkDone> = fail({ code: 'step/failed', message: 'no such button' });

/**
 * Performs a piece of work of the type `press`. `outcomes` are those of each type, in order; then all is
 * well. At the work of the type `abortAt`, the step is called off.
 */
async function perform(
  handling: Partial<FailureHandling>,
  outcomes: Readonly<Record<string, readonly Result<WorkDone>[]>>,
  { part = 'work', abortAt }: { readonly part?: 'work' | 'undo'; readonly abortAt?: string } = {},
) {
  const done: string[] = [];
  const events: WorkEvent[] = [];
  const abort = new AbortController();
  const inner: StepPerformer = {
    ask: () => Promise.resolve(ok(true)),
    perform: ({ item, onEvent }) => {
      const { type = '' } = item ?? {};
      const nth = done.filter((before) => before === type).length;
      done.push(type);
      if (type === abortAt) abort.abort();
      onEvent({ type: 'value', name: type, value: nth });
      return Promise.resolve(outcomes[type]?.[nth] ?? ok({ outputs: { nth } }));
    },
  };
  const performer = batchPerformer(inner, { retryActions: [], failureActions: [], ...handling });
  // All that is looked at of a call.
  const call: Pick<StepCall, 'item' | 'signal' | 'onEvent'> = {
    item: { type: 'press', config: {} },
    signal: abort.signal,
    onEvent: (event) => events.push(event),
  };
  const result = await performer.perform({ ...(call as StepCall), part });
  return { done, events, result };
}

const action = (type: string) => ({ type, config: {} });
const retryActions = [action('reload'), action('wait')];
const failureActions = [action('screenshot')];
const both = { retryActions, failureActions };

describe('a piece of work in a batch', () => {
  it('that succeeds needs no action', async () => {
    const { done, result } = await perform(both, {});
    expect(done).toEqual(['press']);
    expect(result).toEqual(ok({ outputs: { nth: 0 } }));
  });

  it('that fails is tried once more after the retry actions', async () => {
    const { done, result } = await perform(both, { press: [BROKEN] });
    expect(done).toEqual(['press', 'reload', 'wait', 'press']);
    expect(result).toEqual(ok({ outputs: { nth: 1 } }));
  });

  it('that stays failed has the failure actions done, and is failed as it was', async () => {
    const { done, result } = await perform(both, { press: [BROKEN, BROKEN] });
    expect(done).toEqual(['press', 'reload', 'wait', 'press', 'screenshot']);
    expect(result).toEqual(BROKEN);
  });

  it('is not tried again where there are no retry actions', async () => {
    expect((await perform({ failureActions }, { press: [BROKEN] })).done).toEqual([
      'press',
      'screenshot',
    ]);
    expect((await perform({}, { press: [BROKEN] })).done).toEqual(['press']);
  });

  it('is tried again although a retry action failed, which is told in its output', async () => {
    const { done, events, result } = await perform(both, { press: [BROKEN], reload: [BROKEN] });
    expect(done).toEqual(['press', 'reload', 'wait', 'press']);
    expect(events).toContainEqual({
      type: 'output',
      stream: 'stderr',
      text: 'reload: failed: no such button\n',
    });
    expect(result.ok).toBe(true);
  });

  it('says which action is done, and keeps the values of actions out of its own', async () => {
    const { events } = await perform({ retryActions: [action('reload')] }, { press: [BROKEN] });
    expect(events).toEqual([
      { type: 'value', name: 'press', value: 0 },
      { type: 'progress', message: 'reload' },
      { type: 'value', name: 'press', value: 1 },
    ]);
  });

  it('is undone without any action', async () => {
    const { done, result } = await perform(both, { press: [BROKEN] }, { part: 'undo' });
    expect([done, result]).toEqual([['press'], BROKEN]);
  });
});

describe('a piece of work that was called off', () => {
  it.each([
    ['press', ['press']],
    ['reload', ['press', 'reload']],
  ])('at "%s" begins nothing more', async (abortAt, expected) => {
    const { done, result } = await perform(both, { press: [BROKEN] }, { abortAt });
    expect([done, result]).toEqual([expected, BROKEN]);
  });
});
