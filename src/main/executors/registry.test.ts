import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '#shared';
import { commandExecutor } from './command/command-executor.ts';
import { createWorkRegistry } from './registry.ts';
import type { WorkExecutor, WorkProblem } from './work-executor.ts';

/** A fake executor that does nothing, of a name, some types and a schema. */
function fakeExecutor(
  name: string,
  types: readonly string[],
  schema: JsonObject = {},
  problems: readonly WorkProblem[] = [],
): WorkExecutor {
  return {
    getMetadata: () => ({ name, version: '1.0.0', description: 'A fake.' }),
    getSupportedTypes: () => types,
    canExecute: (type) => types.includes(type),
    getSchema: () => schema,
    validate: () => problems,
    execute: () =>
      Promise.resolve({ success: true, outputs: {}, logs: [], metrics: { durationSeconds: 0 } }),
  };
}

describe('createWorkRegistry', () => {
  it('finds executors by the types of work that they do', () => {
    const registry = createWorkRegistry();
    const executor = fakeExecutor('web', ['http', 'https']);
    expect(registry.register(executor)).toEqual({ ok: true, value: undefined });
    expect([registry.get('http'), registry.get('https')]).toEqual([executor, executor]);
    expect(registry.get('ftp')).toBeUndefined();
    expect(registry.list().map(({ name }) => name)).toEqual(['web']);
  });

  it('refuses a second executor of a type', () => {
    const registry = createWorkRegistry();
    registry.register(fakeExecutor('web', ['http']));
    expect(registry.register(fakeExecutor('other', ['ftp', 'http']))).toMatchObject({
      failure: {
        message:
          'Work of the type "http" is done by the executor "web" already: "other" cannot be added.',
      },
    });
    expect(registry.get('ftp')).toBeUndefined();
  });

  it('refuses a second executor of a name', () => {
    const registry = createWorkRegistry();
    registry.register(fakeExecutor('web', ['http']));
    expect(registry.register(fakeExecutor('web', ['ftp']))).toMatchObject({
      failure: { message: 'There is an executor "web" already.' },
    });
  });

  it('gives up an executor with all its types', () => {
    const registry = createWorkRegistry();
    registry.register(fakeExecutor('web', ['http', 'https']));
    expect([registry.unregister('web'), registry.unregister('web')]).toEqual([true, false]);
    expect(registry.get('https')).toBeUndefined();
    expect(registry.register(fakeExecutor('other', ['http'])).ok).toBe(true);
  });
});

function problemsOf(schema: JsonObject, config: JsonObject, stage?: 'declared' | 'resolved') {
  const registry = createWorkRegistry();
  registry.register(fakeExecutor('web', ['http'], schema));
  return registry
    .validateWork({ type: 'http', config }, stage)
    .map(({ pointer, message }) => `${pointer}: ${message}`);
}

const SCHEMA: JsonObject = {
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  properties: {
    url: { type: 'string', pattern: '^https?:' },
    timeout: { type: 'number' },
    method: { enum: ['GET', 'PUT'] },
    retries: { type: 'array', items: { type: 'integer' } },
    password: { type: 'integer' },
    pin: { $ref: '#/$defs/pin' },
    'a/b': { type: 'string' },
  },
  $defs: { pin: { writeOnly: true, type: 'object', additionalProperties: { type: 'integer' } } },
};

describe('validateWork', () => {
  it('says every problem, with its pointer and what stands there', () => {
    const config = { url: 'ftp:x', timeout: '5', method: 'GTE', retries: [1, 2.5], 'a/b': 1, x: 1 };
    expect(problemsOf(SCHEMA, config)).toEqual([
      '/x: is not known',
      '/url: must match pattern "^https?:", not "ftp:x"',
      '/timeout: must be number, not "5"',
      '/method: must be one of "GET", "PUT", not "GTE"',
      '/retries/1: must be integer, not 2.5',
      '/a~1b: must be string, not 1',
    ]);
  });

  it('points at what is missing', () => {
    expect(problemsOf(SCHEMA, {})).toEqual(['/url: is missing']);
  });

  it('has nothing to say where all is well', () => {
    expect(problemsOf(SCHEMA, { url: 'https://x', retries: [] })).toEqual([]);
  });

  it('leaves out what the name of a field says is secret', () => {
    expect(problemsOf(SCHEMA, { url: 'https:', password: 'hunter2' })).toEqual([
      '/password: must be integer',
    ]);
  });

  it('leaves out what the schema marks as secret, whole', () => {
    expect(problemsOf(SCHEMA, { url: 'https:', pin: { sim: 'hunter2' } })).toEqual([
      '/pin/sim: must be integer',
    ]);
  });

  it('takes a reference for whatever its value will be', () => {
    const config = { url: '${{ inputs.base }}/x', timeout: '${{ steps.a.outputs.b }}' };
    expect(problemsOf(SCHEMA, config)).toEqual([]);
    expect(problemsOf(SCHEMA, { url: 'https:', timeout: '${{ inputs.a }} s' })).toEqual([
      '/timeout: must be number, not "${{ inputs.a }} s"',
    ]);
  });

  it('takes no reference for anything once all are resolved', () => {
    expect(problemsOf(SCHEMA, { url: 'https:', timeout: '${{ x }}' }, 'resolved')).toEqual([
      '/timeout: must be number, not "${{ x }}"',
    ]);
  });

  it('takes an unknown type for one problem', () => {
    expect(createWorkRegistry().validateWork({ type: 'ftp', config: {} })).toEqual([
      { pointer: '', message: 'no executor does work of the type "ftp"' },
    ]);
  });

  it('says that the schema of an executor is none', () => {
    expect(problemsOf({ type: 'strnig' }, {})[0]).toMatch(
      /^: the schema of its executor cannot be used: /,
    );
  });

  it('adds what the executor itself has to say', () => {
    const registry = createWorkRegistry();
    const own = [{ pointer: '/url', message: 'is not in reach' }];
    registry.register(fakeExecutor('web', ['http'], {}, own));
    expect(registry.validateWork({ type: 'http', config: {} })).toEqual(own);
  });
});

describe('the config of the executor of commands', () => {
  const registry = createWorkRegistry();
  registry.register(commandExecutor());
  const check = (config: Record<string, Json>) =>
    registry
      .validateWork({ type: 'command', config })
      .map(({ pointer, message }) => `${pointer}: ${message}`);

  it('may have every field', () => {
    const config = {
      cmd: ['echo', ''],
      description: 'Say it',
      env: { A: 'b' },
      cwd: '/tmp',
      timeoutSeconds: 0.5,
      ignoreExitCodes: [2],
      errorPatterns: ['^E:'],
      successPatterns: ['${{ inputs.pattern }}('],
      sudo: false,
    };
    expect(check(config)).toEqual([]);
  });

  it('must have a program, in an array', () => {
    expect(check({})).toEqual(['/cmd: is missing']);
    expect(check({ cmd: 'echo hi' })).toEqual(['/cmd: must be array, not "echo hi"']);
    expect(check({ cmd: [] })).toEqual(['/cmd: must NOT have fewer than 1 items']);
    expect(check({ cmd: [''] })).toEqual(['/cmd/0: must NOT have fewer than 1 characters, not ""']);
    expect(check({ cmd: ['echo', 5] })).toEqual(['/cmd/1: must be string, not 5']);
  });

  it('never shows a value of its environment', () => {
    expect(check({ cmd: ['x'], env: { A: 12345 } })).toEqual(['/env/A: must be string']);
  });

  it('must have regular expressions for patterns', () => {
    expect(check({ cmd: ['x'], errorPatterns: ['a', '('] })).toEqual([
      '/errorPatterns/1: is not a regular expression: Invalid regular expression: /(/: Unterminated group',
    ]);
  });
});
