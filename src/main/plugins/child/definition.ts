import type { Json, JsonObject } from '#shared';
import type { PluginDefinition } from '../../../sdk/index.ts';
import { jsonProblem } from '../json-problem.ts';

/** A plugin module's default export after it was looked at, or what is wrong with it, in words. */
export type Looked =
  | {
      readonly ok: true;
      readonly definition: PluginDefinition;
      readonly defaultAnswers: JsonObject;
    }
  | { readonly ok: false; readonly problem: string };

const FUNCTIONS = ['initialize', 'run', 'shutdown', 'health'] as const;
/** Part of the format, done by the execution engine, which this version does not have. */
const LATER = ['steps', 'commands'] as const;
const ROUTE_NAME = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

/** Checks what a plugin's module exports. Plugins are plain JavaScript: types promise nothing. */
export function lookAt(module: { readonly [name: string]: unknown }): Looked {
  const exported = module['default'];
  if (!isObject(exported)) {
    return { ok: false, problem: 'its main module must export a plugin object as `default`' };
  }
  const problem =
    LATER.filter((name) => exported[name] !== undefined).map(
      (name) => `it declares \`${name}\`, which this version of Firstlight cannot run yet`,
    )[0] ??
    FUNCTIONS.filter((name) => !isAbsentOrFunction(exported[name])).map(
      (name) => `\`${name}\` must be a function`,
    )[0] ??
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
