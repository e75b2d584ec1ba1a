import { describe, expect, it } from 'vitest';
import { asHealth, asStarted } from './read-answers.ts';

describe('asHealth', () => {
  it('takes what `health` is to give', () => {
    expect(asHealth({ healthy: false, message: 'no disk', more: 1 })).toEqual({
      ok: true,
      value: { healthy: false, message: 'no disk' },
    });
  });

  it.each([[null], ['fine'], [[true]], [{ healthy: 'yes' }]])('refuses %o', (sent) => {
    expect(asHealth(sent)).toMatchObject({ ok: false, failure: { code: 'plugin/bad-answer' } });
  });
});

describe('asStarted', () => {
  it('keeps no kind of steps that there is not, and no names that are none', () => {
    const sent = { stepsKind: 'all', secretInputs: ['a', 1], routes: [], defaultAnswers: {} };
    expect(asStarted(sent as unknown as Parameters<typeof asStarted>[0])).toEqual({
      stepsKind: 'none',
      secretInputs: ['a'],
      routes: [],
      defaultAnswers: {},
    });
  });
});
