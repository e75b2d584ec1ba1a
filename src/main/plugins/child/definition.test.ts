import { describe, expect, it } from 'vitest';
import { definePlugin } from '../../../sdk/index.ts';
import { asJson, lookAt } from './definition.ts';

function problemOf(exported: unknown): string | undefined {
  const looked = lookAt({ default: exported });
  return looked.ok ? undefined : looked.problem;
}

describe('lookAt', () => {
  it('takes what definePlugin gives, and an empty object', () => {
    const plugin = definePlugin({ defaultAnswers: { a: 1 }, run: () => undefined });
    const looked = lookAt({ default: plugin });
    expect(looked).toEqual({ ok: true, definition: plugin, defaultAnswers: { a: 1 } });
    expect(problemOf({})).toBeUndefined();
  });

  it.each([
    [undefined, 'its main module must export a plugin object as `default`'],
    [() => 1, 'its main module must export a plugin object as `default`'],
    [{ run: 'now' }, '`run` must be a function'],
    [{ shutdown: null }, '`shutdown` must be a function'],
    [{ routes: [] }, '`routes` must be an object of functions'],
    [{ routes: { a: 1 } }, '`routes.a` must be a function'],
    [
      { routes: { 'a b': () => 1 } },
      'the route name "a b" may hold only letters, digits, ".", "_", "-" and "/"',
    ],
    [{ defaultAnswers: [] }, '`defaultAnswers` must be an object'],
    [{ defaultAnswers: { a: 1n } }, '`defaultAnswers` must be JSON, but a is a bigint'],
    [{ steps: [] }, 'it declares `steps`, which this version of Firstlight cannot run yet'],
    [{ commands: [] }, 'it declares `commands`, which this version of Firstlight cannot run yet'],
  ])('says what is wrong with %o', (exported, problem) => {
    expect(problemOf(exported)).toBe(problem);
  });
});

describe('asJson', () => {
  it('sends nothing at all as null', () => {
    expect(asJson(undefined)).toEqual({ ok: true, value: null });
  });
});
