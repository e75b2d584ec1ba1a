import type { Json, JsonObject } from '#shared';
import type { PluginDefinition } from '../../../sdk/index.ts';
import { jsonProblem } from '../json-problem.ts';
import type { StepsKind } from '../plugin-port.ts';

/** A plugin module's default export after it was looked at, or what is wrong with it, in words. */
export type Looked =
  | {
      readonly ok: true;
      readonly definition: PluginDefinition;
      readonly defaultAnswers: JsonObject;
    }
  | { readonly ok: false; readonly problem: string };

const FUNCTIONS = ['initialize', 'run', 'shutdown', 'health'] as const;
/** What is in them is looked at when they are needed: it may depend on the answers. */
const LISTS = ['steps', 'commands'] as const;
const ROUTE_NAME = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

/** Checks what a plugin's module exports. Plugins are plain JavaScript: types promise nothing. */
export function lookAt(module: { readonly [name: string]: unknown }): Looked {
  const exported = module['default'];
  if (!isObject(exported)) {
    return { ok: false, problem: 'its main module must export a plugin object as `default`' };
  }
  const problem =
    FUNCTIONS.filter((name) => !isAbsentOrFunction(exported[name])).map(
      (name) => `\`${name}\` must be a function`,
    )[0] ??
    LISTS.filter(
      (name) => !isAbsentOrFunction(exported[name]) && !Array.isArray(exported[name]),
    ).map((name) => `\`${name}\` must be a list, or a function that gives one`)[0] ??
    secretsProblem(exported['secrets']) ??
    routesProblem(exported['routes']) ??
    answersProblem(exported['defaultAnswers']);
  if (problem !== undefined) return { ok: false, problem };
  return {
    ok: true,
    definition: exported,
    // Through JSON, so that what leaves is what was checked.
    defaultAnswers: JSON.parse(JSON.stringify(exported['defaultAnswers'] ?? {})) as JsonObject,
  };
}

function routesProblem(routes: unknown): string | undefined {
  if (routes === undefined) return undefined;
  if (!isObject(routes)) return '`routes` must be an object of functions';
  for (const [name, handler] of Object.entries(routes)) {
    if (typeof handler !== 'function') return `\`routes.${name}\` must be a function`;
    if (!ROUTE_NAME.test(name)) {
      return `the route name "${name}" may hold only letters, digits, ".", "_", "-" and "/"`;
    }
  }
  return undefined;
}

function answersProblem(answers: unknown): string | undefined {
  if (answers === undefined) return undefined;
  if (!isObject(answers)) return '`defaultAnswers` must be an object';
  const problem = jsonProblem(answers);
  return problem === undefined ? undefined : `\`defaultAnswers\` must be JSON, but ${problem}`;
}

function secretsProblem(secrets: unknown): string | undefined {
  const isList =
    Array.isArray(secrets) && secrets.every((name: unknown) => typeof name === 'string');
  return secrets === undefined || isList
    ? undefined
    : '`secrets` must be a list of names of answers';
}

/** What a plugin's work consists of: steps when there are any, else commands, else its `run`. */
export function stepsKindOf(definition: {
  readonly steps?: unknown;
  readonly commands?: unknown;
  readonly run?: unknown;
}): StepsKind {
  if (isDeclared(definition.steps)) return 'steps';
  if (isDeclared(definition.commands)) return 'commands';
  return definition.run === undefined ? 'none' : 'run';
}

/** Is there anything in a list of steps or commands? A function may give something. */
export function isDeclared(list: unknown): boolean {
  return list !== undefined && !(Array.isArray(list) && list.length === 0);
}

function isAbsentOrFunction(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a handler gave, as JSON, or what keeps it from being JSON. Nothing at all is `null`. */
export function asJson(
  value: unknown,
): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string } {
  if (value === undefined) return { ok: true, value: null };
  const problem = jsonProblem(value);
  return problem === undefined ? { ok: true, value: value as Json } : { ok: false, problem };
}
