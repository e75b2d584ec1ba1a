import type { Json } from '#shared';
import { quote } from '../../plan/words.ts';
import {
  DEFAULT_RETRY,
  type RetryPolicy,
  type StepSpec,
  type StepWork,
  type WorkItem,
} from '../step-spec.ts';
import { Fields, isFunction, isObject, shown, type FirstProblem } from './fields.ts';
import { isStepName, LIMITS, nameProblem } from './limits.ts';
import { present } from './present.ts';
import { readCommand } from './read-command.ts';

/** A function of a step, with the step as its `this`. */
export type StepFunction = (ctx: unknown) => unknown;

const FUNCTIONS = ['run', 'check', 'verify', 'undo', 'when', 'forEach'] as const;

/** The functions of a step, as far as its author gave them. */
export type StepFunctions = { readonly [name in (typeof FUNCTIONS)[number]]?: StepFunction };

const WORK = ['commands', 'run', 'work'] as const;

const FIELDS = Object.keys({
  name: true,
  description: true,
  commands: true,
  run: true,
  work: true,
  dependsOn: true,
  mutexes: true,
  idempotent: true,
  check: true,
  verify: true,
  undo: true,
  when: true,
  forEach: true,
  always: true,
  timeoutSeconds: true,
  retry: true,
  onError: true,
  sudo: true,
  weight: true,
  heartbeatSeconds: true,
  packagesPattern: true,
} satisfies Record<Exclude<keyof StepSpec, 'has'> | keyof StepFunctions | 'commands', true>);

/** A step as an author wrote it, the `number`th; `undefined` where a problem was noted. */
export function readStep(
  value: unknown,
  number: number,
  problems: FirstProblem,
): { readonly spec: StepSpec; readonly functions: StepFunctions } | undefined {
  if (!isObject(value)) {
    problems.note(`Step ${number}`, `it must be an object, not ${shown(value)}`);
    return undefined;
  }
  const given: unknown = Reflect.get(value, 'name');
  const where = isStepName(given) ? `The step ${quote(given)}` : `Step ${number}`;
  const fields = new Fields({ value, where }, FIELDS, problems);
  const name = readName(fields);
  const description = readDescription(fields);
  const work = readWork(fields, where, problems);
  const functions = readFunctions(fields, value);
  const spec = present({
    dependsOn: fields.names('dependsOn', LIMITS.name) ?? [],
    mutexes: fields.names('mutexes', LIMITS.name) ?? [],
    idempotent: fields.flag('idempotent') ?? true,
    // In the order of their names, which is that of the digest.
    has: {
      check: functions.check !== undefined,
      forEach: functions.forEach !== undefined,
      undo: functions.undo !== undefined,
      verify: functions.verify !== undefined,
      when: functions.when !== undefined,
    },
    when: readCondition(fields),
    forEach: readItems(fields),
    always: fields.flag('always') ?? false,
    timeoutSeconds: fields.number('timeoutSeconds', LIMITS.seconds),
    retry: readRetry(fields),
    onError: fields.oneOf('onError', ['stop', 'continue']) ?? 'stop',
    sudo: readSudo(fields, work),
    weight: fields.number('weight', LIMITS.weight),
    heartbeatSeconds: fields.number('heartbeatSeconds', LIMITS.seconds),
    packagesPattern: fields.pattern('packagesPattern'),
  });
  // Where one is missing, that was noted.
  if (name === undefined || description === undefined || work === undefined) return undefined;
  return { spec: { name, description, work, ...spec }, functions };
}

function readName(fields: Fields): string | undefined {
  const name = fields.raw('name');
  if (isStepName(name)) return name;
  fields.note(`\`name\` ${nameProblem(name)}`);
  return undefined;
}

function readDescription(fields: Fields): string | undefined {
  if (!fields.has('description')) fields.refuse('description', 'what a person reads while it runs');
  return fields.line('description', LIMITS.description);
}

function readWork(fields: Fields, where: string, problems: FirstProblem): StepWork | undefined {
  const given = WORK.filter((name) => fields.has(name));
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const found =
      kind === undefined ? 'none of them' : given.map((name) => `\`${name}\``).join(' and ');
    fields.note(`it must have exactly one of \`commands\`, \`run\` and \`work\`, but has ${found}`);
    return undefined;
  }
  switch (kind) {
    case 'run':
      return { kind };
    case 'work': {
      const item = readWorkItem(fields);
      return item === undefined ? undefined : { kind, item };
    }
    case 'commands': {
      const list = fields.checked('commands', isFilledList, 'a list of commands that is not empty');
      const commands = Array.from(list ?? [], (command, index) =>
        readCommand(command, `${where}, command ${index + 1}`, problems),
      );
      return { kind, commands: commands.filter((command) => command !== undefined) };
    }
  }
}

function readWorkItem(fields: Fields): WorkItem | undefined {
  const item = fields.within('work', ['type', 'config']);
  if (item === undefined) return undefined;
  if (!item.has('type')) item.refuse('type', 'the type of work of an executor');
  const type = item.line('type', LIMITS.name);
  const config = item.has('config') ? item.json('config') : {};
  if (type === undefined || config === undefined) return undefined;
  if (isJsonObject(config)) return { type, config };
  item.refuse('config', 'an object');
  return undefined;
}

function isFilledList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isJsonObject(value: Json): value is WorkItem['config'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `when` and `forEach` may be data too; `readCondition` and `readItems` read them then. */
function readFunctions(fields: Fields, self: object): StepFunctions {
  const found = FUNCTIONS.filter(
    (name) => (name !== 'when' && name !== 'forEach') || isFunction(fields.raw(name)),
  ).map((name) => [name, fields.action(name, self)] as const);
  return Object.fromEntries(found.filter(([, action]) => action !== undefined));
}

function readCondition(fields: Fields): string | undefined {
  if (isFunction(fields.raw('when'))) return undefined;
  const isCondition = (value: unknown): value is string =>
    typeof value === 'string' && value.trim() !== '';
  return fields.checked('when', isCondition, 'a function, or a condition as a text');
}

function readItems(fields: Fields): StepSpec['forEach'] {
  const forEach = fields.raw('forEach');
  if (isFunction(forEach)) return undefined;
  if (Array.isArray(forEach)) return fields.json('forEach') as readonly Json[] | undefined;
  const isText = (value: unknown): value is string => typeof value === 'string';
  return fields.checked('forEach', isText, 'a list, a reference, or a function');
}

function readSudo(fields: Fields, work: StepWork | undefined): boolean {
  const sudo = fields.flag('sudo') ?? false;
  if (sudo && work !== undefined && work.kind !== 'commands') {
    fields.note(
      `\`sudo\` goes with \`commands\` only, not with \`${work.kind}\``,
      'Do what needs privileges in a command.',
    );
  }
  return sudo;
}

function readRetry(fields: Fields): RetryPolicy {
  const retry = fields.within('retry', ['maxAttempts', 'backoff']);
  if (retry === undefined) return DEFAULT_RETRY;
  const backoff = retry.within('backoff', ['initialSeconds', 'maxSeconds']);
  const initial = backoff?.number('initialSeconds', LIMITS.backoff);
  const max = backoff?.number('maxSeconds', LIMITS.backoff);
  if (initial !== undefined && max !== undefined && max < initial) {
    backoff?.refuse('maxSeconds', `at least the ${initial} of \`initialSeconds\``);
  }
  if (!retry.has('maxAttempts')) retry.refuse('maxAttempts', 'a whole number from 1 to 20');
  const { initialSeconds, maxSeconds } = DEFAULT_RETRY.backoff;
  return {
    backoff: {
      // The one that is given holds; the other one is not to contradict it.
      initialSeconds: initial ?? Math.min(initialSeconds, max ?? initialSeconds),
      maxSeconds: max ?? Math.max(maxSeconds, initial ?? maxSeconds),
    },
    maxAttempts: retry.number('maxAttempts', LIMITS.attempts) ?? DEFAULT_RETRY.maxAttempts,
  };
}
