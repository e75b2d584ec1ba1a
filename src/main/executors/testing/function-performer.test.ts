import { describe, expect, it } from 'vitest';
import {
  functionPerformer,
  StepFailure,
  type FunctionStep,
} from './function-performer.test-support.ts';
import { callOf } from './step-call.test-support.ts';

const RUN = { kind: 'run' } as const;
const perform = (step: FunctionStep) => {
  const { call, events, abort } = callOf('work', RUN);
  return { result: functionPerformer({ step }).perform(call), events, abort };
};

describe('functionPerformer', () => {
  it('hands on what a generator yields, and gives what it returns', async () => {
    const { result, events } = perform({
      async *run() {
        yield await Promise.resolve({ type: 'progress', percent: 50 } as const);
        return { path: '/tmp' };
      },
    });
    expect(await result).toEqual({ ok: true, value: { outputs: { path: '/tmp' } } });
    expect(events).toEqual([{ type: 'progress', percent: 50 }]);
  });

  it('takes plain functions, asynchronous or not', async () => {
    expect(await perform({ run: () => ({ a: 1 }) }).result).toEqual({
      ok: true,
      value: { outputs: { a: 1 } },
    });
    expect(await perform({ run: () => Promise.resolve() }).result).toEqual({ ok: true, value: {} });
    expect(await perform({}).result).toEqual({ ok: true, value: {} });
  });

  it('makes failures of what is thrown', async () => {
    const failure = { code: 'step/timeout', message: 'Too late.' } as const;
    const run = (thrown: Error) => () => Promise.reject(thrown);
    expect(await perform({ run: run(new StepFailure(failure)) }).result).toEqual({
      ok: false,
      failure,
    });
    expect(await perform({ run: run(new Error('no')) }).result).toEqual({
      ok: false,
      failure: { code: 'step/failed', message: 'no' },
    });
  });

  it('settles when it is called off, whether its function listens or not', async () => {
    const never = () => new Promise<void>(() => undefined);
    const step = {
      async *run() {
        yield { type: 'progress' } as const;
        await never();
      },
    };
    for (const { result, abort } of [perform({ run: never }), perform(step)]) {
      abort();
      expect(await result).toMatchObject({ failure: { code: 'step/cancelled' } });
    }
  });

  it('answers what a step has no function for as one that needs none would', async () => {
    const performer = functionPerformer({});
    const ask = (part: 'when' | 'check' | 'verify' | 'forEach') =>
      performer.ask(callOf(part, RUN).call);
    expect(await Promise.all([ask('when'), ask('check'), ask('verify'), ask('forEach')])).toEqual(
      [true, false, true, []].map((value) => ({ ok: true, value })),
    );
  });
});
