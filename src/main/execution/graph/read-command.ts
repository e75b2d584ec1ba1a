import { quote } from '../../plan/words.ts';
import type { CommandSpec } from '../step-spec.ts';
import { Fields, isList, isObject, shown, type FirstProblem } from './fields.ts';
import { isStepName, LIMITS, nameProblem } from './limits.ts';
import { present } from './present.ts';

const FIELDS = Object.keys({
  cmd: true,
  cwd: true,
  description: true,
  env: true,
  errorPatterns: true,
  ignoreExitCodes: true,
  phase: true,
  stepName: true,
  stepNumber: true,
  successPatterns: true,
  sudo: true,
  timeoutSeconds: true,
  totalSteps: true,
} satisfies Record<keyof CommandSpec, true>);

const CMD = 'an array of program and arguments, never a shell string';
const CMD_HINT = 'Write ["apt-get", "update"].';

/** A command as an author wrote it; `undefined` where a problem was noted. */
export function readCommand(
  value: unknown,
  where: string,
  problems: FirstProblem,
): CommandSpec | undefined {
  if (!isObject(value)) {
    problems.note(where, `it must be an object with \`cmd\`, not ${shown(value)}`, CMD_HINT);
    return undefined;
  }
  const fields = new Fields({ value, where }, FIELDS, problems);
  const count = { atLeast: 1, atMost: LIMITS.steps, whole: true };
  // In the order of their names, which is that of the digest.
  const command = present({
    cmd: readCmd(fields),
    cwd: readFolder(fields),
    description: fields.line('description', LIMITS.description),
    env: readEnvironment(fields),
    errorPatterns: fields.patterns('errorPatterns'),
    ignoreExitCodes: fields.numbers('ignoreExitCodes'),
    phase: fields.oneOf('phase', ['check', 'download', 'execute']),
    stepName: readStepName(fields),
    stepNumber: fields.number('stepNumber', count),
    successPatterns: fields.patterns('successPatterns'),
    sudo: fields.flag('sudo'),
    timeoutSeconds: fields.number('timeoutSeconds', LIMITS.seconds),
    totalSteps: fields.number('totalSteps', count),
  });
  const { cmd } = command;
  return cmd === undefined || problems.failure !== undefined ? undefined : { ...command, cmd };
}

function readCmd(fields: Fields): readonly string[] | undefined {
  if (!fields.has('cmd')) fields.refuse('cmd', CMD, CMD_HINT);
  const parts = fields.checked('cmd', isList, CMD, CMD_HINT)?.slice();
  if (parts === undefined) return undefined;
  const bad = parts.findIndex((part) => !isArgument(part));
  if (bad >= 0) {
    fields.note(`\`cmd[${bad}]\` must be a text without a character NUL, not ${shown(parts[bad])}`);
  } else if (parts.length === 0 || parts[0] === '') {
    fields.note('`cmd` must begin with the name of a program', CMD_HINT);
  }
  return parts.filter(isArgument);
}

function readFolder(fields: Fields): string | undefined {
  const isFolder = (value: unknown): value is string => isArgument(value) && value !== '';
  return fields.checked('cwd', isFolder, 'the path of a folder');
}

function readEnvironment(fields: Fields): CommandSpec['env'] | undefined {
  const env = fields.checked('env', isObject, 'an object of texts');
  if (env === undefined) return undefined;
  const variables: [string, string][] = [];
  for (const [name, value] of Object.entries(env) as [string, unknown][]) {
    if (value === undefined) continue;
    if (name === '' || /[=\0]/.test(name)) {
      fields.note(`\`env\` has ${quote(name)}, which is no name of a variable`);
    } else if (isArgument(value)) {
      variables.push([name, value]);
    } else {
      // Not the value itself: a variable is where secrets stand.
      fields.note(`\`env\` must give ${quote(name)} a text without a character NUL`);
    }
  }
  return Object.fromEntries(variables);
}

function readStepName(fields: Fields): string | undefined {
  const name = fields.raw('stepName');
  if (name === undefined || isStepName(name)) return name;
  fields.note(`\`stepName\` ${nameProblem(name)}`);
  return undefined;
}

/** What the operating system takes: it ends a text at NUL. */
function isArgument(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}
