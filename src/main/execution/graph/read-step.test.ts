import { describe, expect, it } from 'vitest';
import { declareSteps, type DeclaredPlugin, type DeclaredSteps } from './declare-steps.ts';

function declared(raw: DeclaredPlugin): DeclaredSteps {
  const result = declareSteps(raw);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** What is refused about a plugin, with its hint. */
function refusal(raw: DeclaredPlugin): string {
  const result = declareSteps(raw);
  if (result.ok) throw new Error('nothing was refused');
  const { code, message, hint } = result.failure;
  expect(code).toBe('execution/bad-steps');
  return hint === undefined ? message : `${message} ${hint}`;
}

const COMMANDS = [{ cmd: ['true'] }];
const STEP = { name: 'install', description: 'Installing', commands: COMMANDS };

/** What is refused about a step that is right but for some fields. */
function wrong(fields: object): string {
  return refusal({ steps: [{ ...STEP, ...fields }] });
}

describe('a declared step', () => {
  it('US-001 does commands, with all of their fields', () => {
    const command = {
      cmd: ['apt-get', 'install', 'tree'],
      description: 'Installing tree',
      sudo: true,
      timeoutSeconds: 60,
      phase: 'execute',
      stepName: 'packages',
      stepNumber: 2,
      totalSteps: 3,
      ignoreExitCodes: [100],
      errorPatterns: ['^E:'],
      successPatterns: ['newest version'],
      env: { LANG: 'C' },
      cwd: '/tmp',
    };
    const { spec } = declared({ steps: [{ ...STEP, commands: [command, { cmd: ['sync'] }] }] });
    const [step] = spec.steps;
    expect(step?.work).toEqual({ kind: 'commands', commands: [command, { cmd: ['sync'] }] });
  });

  it('US-002 does a function, which stays in its process with the step as its this', () => {
    class Install {
      readonly name = 'install';
      readonly description = 'Installing';
      readonly #greeting = 'hello';
      run(ctx: unknown): string {
        return `${this.#greeting} ${String(ctx)}`;
      }
    }
    const { spec, functions } = declared({ steps: [new Install()] });
    expect(spec.steps[0]?.work).toEqual({ kind: 'run' });
    expect(functions.get('install')?.run?.('you')).toBe('hello you');
  });

  it('does work of an executor, with a configuration of JSON', () => {
    const config = { image: 'busybox', volumes: [], tag: undefined };
    const { spec } = declared({
      steps: [{ ...STEP, commands: undefined, work: { type: 'docker', config } }],
    });
    const item = { type: 'docker', config: { image: 'busybox', volumes: [] } };
    expect(spec.steps[0]?.work).toStrictEqual({ kind: 'work', item });
  });

  it('US-003 must have a name', () => {
    const problem = 'Step 1: `name` must be a text that is not empty, not';
    expect(wrong({ name: undefined })).toBe(`${problem} undefined.`);
    expect(wrong({ name: '' })).toBe(`${problem} an empty text.`);
    expect(wrong({ name: '  ' })).toBe(`${problem} the text "  ".`);
    expect(wrong({ name: 7 })).toBe(`${problem} the number 7.`);
  });

  it.each(['a[0]', 'a]', '${{a', 'a/b', 'a\nb', 'a\u001b[2J', '__proto__', 'x'.repeat(101)])(
    'US-003 must not have a name that stands for something else: %j',
    (name) => {
      expect(wrong({ name })).toMatch(/^Step 1: `name` must /);
    },
  );

  it.each(['x'.repeat(100), 'Node.js 24', 'größe', 'a: b'])('may be called %s', (name) => {
    expect(declared({ steps: [{ ...STEP, name }] }).spec.steps[0]?.name).toBe(name);
  });

  it('US-004 must have a description', () => {
    expect(wrong({ description: undefined })).toBe(
      'The step "install": `description` is missing: it must be what a person reads while it runs.',
    );
    expect(wrong({ description: ' ' })).toBe(
      'The step "install": `description` must be a line of text of 1 to 2000 characters, not the text " ".',
    );
    expect(wrong({ description: 'a\nb' })).toContain('`description` must be a line of text');
  });

  it('US-005 must not have commands and a function', () => {
    expect(wrong({ run: () => undefined })).toBe(
      'The step "install": it must have exactly one of `commands`, `run` and `work`, but has ' +
        '`commands` and `run`.',
    );
    expect(wrong({ work: { type: 'docker' } })).toContain('but has `commands` and `work`');
  });

  it('US-006 must have commands, a function or work', () => {
    expect(wrong({ commands: undefined })).toBe(
      'The step "install": it must have exactly one of `commands`, `run` and `work`, but has none of them.',
    );
  });

  it('US-007 names the steps that it depends on', () => {
    const { spec } = declared({ steps: [{ ...STEP, dependsOn: ['a', 'b', 'a'] }] });
    expect(spec.steps[0]?.dependsOn).toEqual(['a', 'b']);
  });

  it('US-008 names the mutexes that it needs', () => {
    const { spec } = declared({ steps: [{ ...STEP, mutexes: ['apt', 'disk', 'apt'] }] });
    expect(spec.steps[0]?.mutexes).toEqual(['apt', 'disk']);
  });

  it('US-009 may have a check, and the other functions; data says only that they are there', () => {
    const answer = (): boolean => true;
    const parts = { check: answer, verify: answer, undo: answer, when: answer, forEach: answer };
    const { spec, functions } = declared({ steps: [{ ...STEP, ...parts }] });
    const all = { check: true, verify: true, undo: true, when: true, forEach: true };
    expect(spec.steps[0]?.has).toEqual(all);
    expect(Object.keys(functions.get('install') ?? {}).sort()).toEqual(Object.keys(parts).sort());
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  it('US-010 has a default for everything else', () => {
    expect(declared({ steps: [STEP] }).spec).toStrictEqual({
      concurrency: 4,
      rollback: false,
      steps: [
        {
          name: 'install',
          description: 'Installing',
          work: { kind: 'commands', commands: COMMANDS },
          dependsOn: [],
          mutexes: [],
          idempotent: true,
          has: { when: false, forEach: false, check: false, verify: false, undo: false },
          always: false,
          retry: { maxAttempts: 1, backoff: { initialSeconds: 1, maxSeconds: 30 } },
          onError: 'stop',
          sudo: false,
        },
      ],
    });
  });

  it('keeps what is given', () => {
    const given = {
      idempotent: false,
      always: true,
      timeoutSeconds: 5.5,
      retry: { maxAttempts: 3, backoff: { initialSeconds: 2, maxSeconds: 8 } },
      onError: 'continue',
      sudo: true,
      weight: 2,
      when: '${{ inputs.a }}',
      forEach: [1, { a: null }],
      heartbeatSeconds: 10,
      packagesPattern: '^Unpacking',
    };
    const { spec } = declared({ steps: [{ ...STEP, ...given }], concurrency: 1, rollback: true });
    expect(spec).toMatchObject({ steps: [given], concurrency: 1, rollback: true });
  });

  it('has the other bound of a backoff follow the one that is given', () => {
    const backoffOf = (backoff: object): unknown => {
      const { spec } = declared({ steps: [{ ...STEP, retry: { maxAttempts: 2, backoff } }] });
      return spec.steps[0]?.retry.backoff;
    };
    expect(backoffOf({})).toEqual({ initialSeconds: 1, maxSeconds: 30 });
    expect(backoffOf({ initialSeconds: 60 })).toEqual({ initialSeconds: 60, maxSeconds: 60 });
    expect(backoffOf({ maxSeconds: 0.5 })).toEqual({ initialSeconds: 0.5, maxSeconds: 0.5 });
  });

  it.each<readonly [object, string]>([
    [{ dependOn: [] }, '`dependOn` is no field. Did you mean "dependsOn"?'],
    [{ dependsOn: 'a' }, '`dependsOn` must be a list, not the text "a".'],
    [
      { dependsOn: [''] },
      '`dependsOn[0]` must be a line of text of 1 to 100 characters, not an empty text.',
    ],
    [
      { mutexes: [1] },
      '`mutexes[0]` must be a line of text of 1 to 100 characters, not the number 1.',
    ],
    [{ idempotent: 'no' }, '`idempotent` must be true or false, not the text "no".'],
    [{ always: null }, '`always` must be true or false, not null.'],
    [{ check: true }, '`check` must be a function, not true.'],
    [{ undo: [] }, '`undo` must be a function, not an empty list.'],
    [{ when: 3 }, '`when` must be a function, or a condition as a text, not the number 3.'],
    [{ when: ' ' }, '`when` must be a function, or a condition as a text, not the text " ".'],
    [{ forEach: {} }, '`forEach` must be a list, a reference, or a function, not an object.'],
    [{ forEach: [1, [NaN]] }, '`forEach` must be JSON, but forEach[1][0] is NaN.'],
    [
      { timeoutSeconds: 0 },
      '`timeoutSeconds` must be a number above 0, at most 604800, not the number 0.',
    ],
    [
      { timeoutSeconds: Infinity },
      '`timeoutSeconds` must be a number above 0, at most 604800, not the number Infinity.',
    ],
    [
      { heartbeatSeconds: '5' },
      '`heartbeatSeconds` must be a number above 0, at most 604800, not the text "5".',
    ],
    [{ weight: -1 }, '`weight` must be a number above 0, at most 1000000, not the number -1.'],
    [{ onError: 'ignore' }, '`onError` must be "stop" or "continue", not the text "ignore".'],
    [{ retry: 3 }, '`retry` must be an object, not the number 3.'],
    [{ retry: {} }, '`retry.maxAttempts` is missing: it must be a whole number from 1 to 20.'],
    [
      { retry: { maxAttempts: 21 } },
      '`retry.maxAttempts` must be a whole number from 1 to 20, not the number 21.',
    ],
    [
      { retry: { maxAttempts: 1.5 } },
      '`retry.maxAttempts` must be a whole number from 1 to 20, not the number 1.5.',
    ],
    [{ retry: { maxAttempts: 2, delay: 1 } }, '`retry.delay` is no field.'],
    [
      { retry: { maxAttempts: 2, backoff: { initialSeconds: 9, maxSeconds: 3 } } },
      '`retry.backoff.maxSeconds` must be at least the 9 of `initialSeconds`, not the number 3.',
    ],
    [
      { packagesPattern: '(' },
      '`packagesPattern` must be a regular expression as a text that is not empty, not the text "(". Give the `source` of a regular expression, without flags.',
    ],
    [
      { commands: [] },
      '`commands` must be a list of commands that is not empty, not an empty list.',
    ],
    [{ commands: undefined, run: 'ls' }, '`run` must be a function, not the text "ls".'],
    [
      { commands: undefined, work: {} },
      '`work.type` is missing: it must be the type of work of an executor.',
    ],
    [
      { commands: undefined, work: { type: 'a', config: [] } },
      '`work.config` must be an object, not an empty list.',
    ],
    [
      { commands: undefined, work: { type: 'a', config: { f: () => 1 } } },
      '`work.config` must be JSON, but work.config.f is a function.',
    ],
    [
      { commands: undefined, run: () => 1, sudo: true },
      '`sudo` goes with `commands` only, not with `run`. Do what needs privileges in a command.',
    ],
  ])('is refused by step and field: %j', (fields, problem) => {
    expect(wrong(fields)).toBe(`The step "install": ${problem}`);
  });

  it('is refused when it is no object', () => {
    expect(refusal({ steps: [STEP, 'ls'] })).toBe(
      'Step 2: it must be an object, not the text "ls".',
    );
    expect(refusal({ steps: [[]] })).toContain('Step 1: it must be an object, not an empty list');
  });

  it('does no harm when its code throws while it is read', () => {
    const step = {
      ...STEP,
      get when(): string {
        throw new Error('not yet');
      },
    };
    expect(refusal({ steps: [step] })).toBe('The steps cannot be read: not yet');
  });
});
