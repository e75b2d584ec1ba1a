import { describe, expect, it } from 'vitest';
import { definePlugin } from '../../../sdk/index.ts';
import { asJson, lookAt, stepsKindOf } from './definition.ts';

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
    [{ steps: {} }, '`steps` must be a list, or a function that gives one'],
    [{ commands: 'ls' }, '`commands` must be a list, or a function that gives one'],
    [{ secrets: 'token' }, '`secrets` must be a list of names of answers'],
    [{ secrets: [1] }, '`secrets` must be a list of names of answers'],
  ])('says what is wrong with %o', (exported, problem) => {
    expect(problemOf(exported)).toBe(problem);
  });
});

describe('stepsKindOf', () => {
  const steps = [{ name: 'a', description: 'A', run: () => undefined }];
  const commands = [{ cmd: ['true'] }];
  const run = () => undefined;

  it('GUS-001 knows no steps by default', () => {
    expect(stepsKindOf({})).toBe('none');
    expect(stepsKindOf({ steps: [], commands: [] })).toBe('none');
  });

  it('GUS-002 knows the steps that are given, as a list or as a function', () => {
    expect(stepsKindOf({ steps })).toBe('steps');
    expect(stepsKindOf({ steps: () => steps })).toBe('steps');
  });

  it.each([
    ['INT-001 steps when there are any', { steps, commands, run }, 'steps'],
    ['INT-002 else its commands', { steps: [], commands, run }, 'commands'],
    ['INT-003 else its run', { steps: [], commands: [], run }, 'run'],
  ])('takes %s', (_what, definition, kind) => {
    expect(stepsKindOf(definition)).toBe(kind);
  });
});

describe('asJson', () => {
  it('sends nothing at all as null', () => {
    expect(asJson(undefined)).toEqual({ ok: true, value: null });
  });
});
