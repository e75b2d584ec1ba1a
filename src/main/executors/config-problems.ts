import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import type { Json, JsonObject } from '#shared';
import type { WorkProblem } from './work-executor.ts';
import { isSecretPlace, pathOf } from './secret-places.ts';

/**
 * `declared`: strings that are one `${{ }}` stand for a value of any type, and others that hold one for
 * some text. `resolved`: every value is what it will be.
 */
export type ConfigStage = 'declared' | 'resolved';

/** Says everything that is wrong with a config; nothing where it is right. */
export type CheckConfig = (config: JsonObject, stage: ConfigStage) => readonly WorkProblem[];

const load = createRequire(import.meta.url);
let ajv: Ajv | undefined;

/** Loads the library with the first schema: it takes 60 ms, which the first screen must not wait for. */
function compiler(): Ajv {
  ajv ??= new (load('ajv') as { readonly Ajv: new (options: object) => Ajv }).Ajv({
    allErrors: true,
    // What was wrong, and the part of the schema that says so, come with each error.
    verbose: true,
    // Authors of executors may annotate their schemas as they like.
    strict: false,
    logger: false,
  });
  return ajv;
}

/** Makes the check of a JSON Schema (draft-07). Throws where it is no schema. */
export function compileConfigSchema(schema: JsonObject): CheckConfig {
  const validate: ValidateFunction = compiler().compile(schema);
  return (config, stage) => {
    if (validate(config)) return [];
    const errors = validate.errors ?? [];
    return withoutDoubles(
      errors
        .filter((error) => stage === 'resolved' || !isLeftToReference(error))
        .map((error) => problemOf(error, schema)),
    );
  };
}

/** Branches of a schema, or a schema and an executor, may complain in the same words. */
export function withoutDoubles(problems: readonly WorkProblem[]): readonly WorkProblem[] {
  return [...new Map(problems.map((one) => [`${one.pointer} ${one.message}`, one])).values()];
}

/** All problems in one line. */
export function inWords(problems: readonly WorkProblem[]): string {
  return problems.map(({ pointer, message }) => `${pointer || 'it'} ${message}`).join('; ');
}

function isLeftToReference({ data, keyword }: ErrorObject): boolean {
  if (typeof data !== 'string' || !data.includes('${{')) return false;
  return keyword !== 'type' || /^\s*\$\{\{[^}]*\}\}\s*$/.test(data);
}

function problemOf(error: ErrorObject, schema: JsonObject): WorkProblem {
  const { instancePath: pointer, keyword, params } = error;
  if (keyword === 'required') {
    return { pointer: within(pointer, String(params['missingProperty'])), message: 'is missing' };
  }
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    return { pointer: within(pointer, name), message: 'is not known' };
  }
  const shown = isSecretPlace(schema, pathOf(pointer)) ? '' : shownValue(error.data as Json);
  return { pointer, message: `${textOf(error)}${shown}` };
}

function textOf({ keyword, message = 'is not valid', params }: ErrorObject): string {
  if (keyword !== 'enum') return message;
  const values = (params['allowedValues'] as readonly Json[]).map((one) => JSON.stringify(one));
  return `must be one of ${values.join(', ')}`;
}

/** Only what a person takes in at a glance. */
function shownValue(value: Json): string {
  if (typeof value === 'object' && value !== null) return '';
  const text = JSON.stringify(value);
  return text.length > 60 ? '' : `, not ${text}`;
}

function within(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
