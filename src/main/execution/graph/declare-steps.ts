import type { Result } from '#shared';
import { serializeError } from '../../../shared/failure.ts';
import { fail, ok } from '../../../shared/result.ts';
import { DEFAULT_CONCURRENCY, type StepGraphSpec, type StepSpec } from '../step-spec.ts';
import { Fields, FirstProblem, shown } from './fields.ts';
import { LIMITS } from './limits.ts';
import { readCommand } from './read-command.ts';
import { readStep, type StepFunctions } from './read-step.ts';
import { stepsOfCommands } from './steps-of-commands.ts';

export type { StepFunctions } from './read-step.ts';

/** What a plugin exports, after its functions of `ctx` were called. */
export interface DeclaredPlugin {
  readonly steps?: unknown;
  readonly commands?: unknown;
  readonly concurrency?: unknown;
  readonly rollback?: unknown;
}

/** Its steps as data, and the functions that stay in its process, by the names of the steps. */
export interface DeclaredSteps {
  readonly spec: StepGraphSpec;
  readonly functions: ReadonlyMap<string, StepFunctions>;
}

/**
 * Makes a graph of what an author wrote in plain JavaScript: fills in every default, trusts nothing. Steps go
 * before commands; with neither the graph is empty. Fails with `execution/bad-steps`, naming the step and
 * the field. Runs in the plugin's process; what the steps are to each other, `checkSteps` looks at.
 */
export function declareSteps(raw: DeclaredPlugin): Result<DeclaredSteps> {
  try {
    return declare(raw);
  } catch (thrown) {
    // Getters and proxies are the author's code.
    const { message } = serializeError(thrown);
    return fail({
      code: 'execution/bad-steps',
      message: `The steps cannot be read: ${message}`,
    });
  }
}

function declare(raw: DeclaredPlugin): Result<DeclaredSteps> {
  const problems = new FirstProblem();
  const known = ['steps', 'commands', 'concurrency', 'rollback'];
  const { steps, commands, concurrency, rollback } = raw;
  const value = { steps, commands, concurrency, rollback };
  const fields = new Fields({ value, where: 'The plugin' }, known, problems);
  const declared = [...readList(fields, 'steps')].entries();
  const read = [...declared].map(([index, step]) => readStep(step, index + 1, problems));
  const spec = {
    steps:
      read.length > 0 ? read.flatMap((one) => one?.spec ?? []) : readCommands(fields, problems),
    concurrency: fields.number('concurrency', LIMITS.concurrency) ?? DEFAULT_CONCURRENCY,
    rollback: fields.flag('rollback') ?? false,
  };
  if (problems.failure !== undefined) return fail(problems.failure);
  const functions = read.flatMap((one) =>
    one === undefined ? [] : [[one.spec.name, one.functions] as const],
  );
  return ok({ spec, functions: new Map(functions) });
}

function readCommands(fields: Fields, problems: FirstProblem): readonly StepSpec[] {
  const commands = [...readList(fields, 'commands').entries()].map(([index, command]) =>
    readCommand(command, `Command ${index + 1}`, problems),
  );
  return stepsOfCommands(
    commands.filter((command) => command !== undefined),
    problems,
  );
}

function readList(fields: Fields, name: 'steps' | 'commands'): readonly unknown[] {
  const value = fields.raw(name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    fields.refuse(name, 'a list, or a function that gives one');
    return [];
  }
  const list = Array.from(value as unknown[]);
  if (list.length <= LIMITS.steps) return list;
  fields.note(`\`${name}\` must be at most ${LIMITS.steps}, not ${shown(list.length)}`);
  return [];
}
