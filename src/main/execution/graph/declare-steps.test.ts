import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSteps } from './check-steps.ts';
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

describe('a plugin', () => {
  it('that has only commands runs them in strict order, those of one name as one step', () => {
    const { spec } = declared({
      commands: [
        { cmd: ['/usr/bin/apt-get', 'update'] },
        { cmd: ['tar', 'x'], stepName: 'unpack' },
        { cmd: ['chmod'], stepName: 'unpack', description: 'Unpacking' },
        { cmd: ['C:\\tools\\sync.exe'], sudo: true },
      ],
    });
    expect(
      spec.steps.map(({ name, description, dependsOn }) => [name, description, dependsOn]),
    ).toEqual([
      ['command-1', 'apt-get', []],
      ['unpack', 'Unpacking', ['command-1']],
      ['command-4', 'sync.exe', ['unpack']],
    ]);
    expect(spec.steps[1]?.work).toMatchObject({
      commands: [{ cmd: ['tar', 'x'] }, { cmd: ['chmod'] }],
    });
    expect(checkSteps(spec).ok).toBe(true);
  });

  it('keeps the commands of one step together', () => {
    const commands = [
      { cmd: ['a'], stepName: 'unpack' },
      { cmd: ['b'] },
      { cmd: ['c'], stepName: 'unpack' },
    ];
    expect(refusal({ commands })).toBe(
      'Command 3: there is a step "unpack" before it already. Commands of one step must follow each other.',
    );
    expect(
      refusal({ commands: [{ cmd: ['a'], stepName: 'command-2' }, { cmd: ['b'] }] }),
    ).toContain('Command 2: there is a step "command-2" before it already.');
  });

  it('that has steps runs those, else its commands, else nothing', () => {
    const commands = [{ cmd: ['ls'] }];
    const names = (raw: DeclaredPlugin): readonly string[] =>
      declared(raw).spec.steps.map(({ name }) => name);
    expect(names({ steps: [STEP], commands })).toEqual(['install']);
    expect(names({ steps: [], commands })).toEqual(['command-1']);
    expect(names({})).toEqual([]);
  });

  it.each<readonly [DeclaredPlugin, string]>([
    [{ steps: {} }, '`steps` must be a list, or a function that gives one, not an object.'],
    [
      { commands: 'ls' },
      '`commands` must be a list, or a function that gives one, not the text "ls".',
    ],
    [{ concurrency: 0 }, '`concurrency` must be a whole number from 1 to 64, not the number 0.'],
    [{ concurrency: 65 }, '`concurrency` must be a whole number from 1 to 64, not the number 65.'],
    [{ concurrency: '4' }, '`concurrency` must be a whole number from 1 to 64, not the text "4".'],
    [{ rollback: 'yes' }, '`rollback` must be true or false, not the text "yes".'],
  ])('is refused by field: %j', (raw, problem) => {
    expect(refusal(raw)).toBe(`The plugin: ${problem}`);
  });

  it('has no more steps than the engine was measured with', () => {
    expect(refusal({ steps: Array.from({ length: 10_001 }, () => STEP) })).toBe(
      'The plugin: `steps` must be at most 10000, not the number 10001.',
    );
  });

  it('may say anything: it is read or refused, never a bug, and what is read is JSON', () => {
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }),
      fc.constantFrom('a', ['a'], () => 1, '${{ inputs.a }}', true, 1, {}, COMMANDS),
    );
    const fields = [
      'name',
      'description',
      'commands',
      'run',
      'work',
      'dependsOn',
      'mutexes',
      'retry',
    ];
    const more = [
      'check',
      'when',
      'forEach',
      'timeoutSeconds',
      'onError',
      'sudo',
      'weight',
      'env',
      'cmd',
    ];
    const object = fc.dictionary(fc.constantFrom(...fields, ...more), anything);
    const step = fc.oneof(
      object,
      object.map((some) => ({ ...STEP, ...some })),
      anything,
    );
    const list = fc.oneof(fc.array(step, { maxLength: 3 }), anything);
    fc.assert(
      fc.property(fc.record({ steps: list, commands: list }, { requiredKeys: [] }), (raw) => {
        const result = declareSteps(raw);
        if (!result.ok) {
          expect(result.failure.code).toBe('execution/bad-steps');
          expect(result.failure.message).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
        } else {
          expect(JSON.parse(JSON.stringify(result.value.spec))).toEqual(result.value.spec);
        }
      }),
    );
  });
});
