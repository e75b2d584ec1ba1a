import { describe, expect, it } from 'vitest';
import { declareSteps } from './declare-steps.ts';

/** What is refused about the second command of a step. */
function wrongCommand(command: unknown): string {
  const commands = [{ cmd: ['true'] }, command];
  const result = declareSteps({
    steps: [{ name: 'install', description: 'Installing', commands }],
  });
  if (result.ok) throw new Error('nothing was refused');
  const { message, hint } = result.failure;
  return hint === undefined ? message : `${message} ${hint}`;
}

describe('a declared command', () => {
  it('is never a shell string', () => {
    const problem =
      '`cmd` must be an array of program and arguments, never a shell string, not the text ' +
      '"apt-get update". Write ["apt-get", "update"].';
    expect(wrongCommand({ cmd: 'apt-get update' })).toBe(
      `The step "install", command 2: ${problem}`,
    );
  });

  it.each<readonly [unknown, string]>([
    ['ls', 'it must be an object with `cmd`, not the text "ls". Write ["apt-get", "update"].'],
    [
      {},
      '`cmd` is missing: it must be an array of program and arguments, never a shell string. Write ["apt-get", "update"].',
    ],
    [{ cmd: [] }, '`cmd` must begin with the name of a program. Write ["apt-get", "update"].'],
    [
      { cmd: ['', 'a'] },
      '`cmd` must begin with the name of a program. Write ["apt-get", "update"].',
    ],
    [{ cmd: ['a', 1] }, '`cmd[1]` must be a text without a character NUL, not the number 1.'],
    [
      { cmd: ['a\0b'] },
      '`cmd[0]` must be a text without a character NUL, not the text "a\\u0000b".',
    ],
    [{ cmd: ['a'], command: 'b' }, '`command` is no field.'],
    [
      { cmd: ['a'], phase: 'run' },
      '`phase` must be "check", "download" or "execute", not the text "run".',
    ],
    [
      { cmd: ['a'], timeoutSeconds: -1 },
      '`timeoutSeconds` must be a number above 0, at most 604800, not the number -1.',
    ],
    [
      { cmd: ['a'], stepNumber: 0 },
      '`stepNumber` must be a whole number from 1 to 10000, not the number 0.',
    ],
    [
      { cmd: ['a'], stepName: 'a/b' },
      '`stepName` must not have "[", "]", "{", "}", "/" or control characters: "a/b".',
    ],
    [
      { cmd: ['a'], ignoreExitCodes: [1, '2'] },
      '`ignoreExitCodes[1]` must be a whole number, not the text "2".',
    ],
    [
      { cmd: ['a'], errorPatterns: [/a/] },
      '`errorPatterns[0]` must be a regular expression as a text that is not empty, not a regular expression. Give the `source` of a regular expression, without flags.',
    ],
    [
      { cmd: ['a'], successPatterns: ['['] },
      '`successPatterns[0]` must be a regular expression as a text that is not empty, not the text "[". Give the `source` of a regular expression, without flags.',
    ],
    [{ cmd: ['a'], env: ['A=1'] }, '`env` must be an object of texts, not a list.'],
    [{ cmd: ['a'], env: { A: 1 } }, '`env` must give "A" a text without a character NUL.'],
    [{ cmd: ['a'], env: { 'A=': 'b' } }, '`env` has "A=", which is no name of a variable.'],
    [{ cmd: ['a'], cwd: '' }, '`cwd` must be the path of a folder, not an empty text.'],
    [{ cmd: ['a'], sudo: 1 }, '`sudo` must be true or false, not the number 1.'],
  ])('is refused by step, number and field: %j', (command, problem) => {
    expect(wrongCommand(command)).toBe(`The step "install", command 2: ${problem}`);
  });
});
