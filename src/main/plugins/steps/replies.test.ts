import { describe, expect, it } from 'vitest';
import { asAnswer, asStepFailure, asWorkDone } from './replies.ts';

const problem = (message: string) => ({
  ok: false,
  failure: { code: 'step/bad-value', message },
});

describe('what a process answers', () => {
  it('is true or false, or a list', () => {
    expect(asAnswer('check', true)).toEqual({ ok: true, value: true });
    expect(asAnswer('forEach', [1])).toEqual({ ok: true, value: [1] });
    expect(asAnswer('when', 1)).toEqual(problem('its `when` gave no true or false'));
    expect(asAnswer('forEach', {})).toEqual(problem('its `forEach` gave no list'));
    expect(asAnswer('forEach', Array(10_001).fill(0))).toEqual(
      problem('its `forEach` gave more than 10,000 items'),
    );
  });

  it('is what work came to: outputs within their limit, and a count', () => {
    expect(asWorkDone(null, 0)).toEqual({ ok: true, value: {} });
    expect(asWorkDone({ outputs: { a: 1 }, packagesUpdated: 2, more: 3 }, 0)).toEqual({
      ok: true,
      value: { outputs: { a: 1 }, packagesUpdated: 2 },
    });
    expect(asWorkDone({ packagesUpdated: -1 }, 0)).toEqual({ ok: true, value: {} });
    expect(asWorkDone({ outputs: [1] }, 0)).toEqual(problem('its outputs are no object'));
    expect(asWorkDone({ outputs: { '': 1 } }, 0)).toEqual(
      problem('an output has a name that cannot be used'),
    );
    expect(asWorkDone({ outputs: { a: 'x'.repeat(200_000) } }, 100_000)).toEqual(
      problem('its outputs are over 256 KiB'),
    );
  });

  it('is a failure of a step or of its plugin, whatever code it names', () => {
    const failure = { code: 'session/locked', message: 'no' } as const;
    expect(asStepFailure('a', failure)).toEqual({ code: 'step/failed', message: 'no' });
    const value = { code: 'step/bad-value', message: 'its output is none' } as const;
    expect(asStepFailure('a', value)).toEqual({
      code: 'step/bad-value',
      message: 'Step "a": its output is none.',
    });
  });
});
