import type { Failure, Json, Result } from '#shared';
import { fail, ok } from '../../../shared/result.ts';
import { nearestOf } from '../../plan/nearest.ts';
import { quote } from '../../plan/words.ts';
import type { StepScope } from '../step-scope.ts';
import { CLOSE, OPEN, type TokenReader } from './tokens.ts';

/** Into a value: a member of an object, or an element of a list. */
export type ValuePath = readonly (string | number)[];

/** What stands in `${{ }}`: a value of another step, of the inputs, or of the present item. */
export type Reference = {
  /** As it was written, without the braces. */
  readonly text: string;
  readonly path: ValuePath;
} & (
  | { readonly kind: 'step'; readonly step: string; readonly output: string }
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'item' }
  | { readonly kind: 'index' }
);

const FORMS =
  'Write steps.NAME.outputs.NAME, inputs.NAME, item or index; a name with spaces as steps["my step"].';

/** Reads a reference; on a problem, which the reader keeps, what is returned means nothing. */
export function readReference(reader: TokenReader, text: string): Reference {
  const root = reader.take();
  const { path, end } = readPath(reader);
  const found = referenceOf(root.value, path, text.slice(root.at, end ?? root.end));
  if (found === undefined) {
    reader.refuse({
      at: root.at,
      message: `${quote(text.slice(root.at, end ?? root.end))} is not a value that a step can read`,
      hint: FORMS,
    });
  }
  return found ?? { kind: 'index', text: '', path: [] };
}

function readPath(reader: TokenReader): { readonly path: ValuePath; readonly end?: number } {
  const path: (string | number)[] = [];
  let end: number | undefined;
  for (;;) {
    const sign = reader.front;
    if (sign.kind !== 'sign' || (sign.value !== '.' && sign.value !== '[')) break;
    reader.take();
    const part = reader.take();
    if (sign.value === '.') {
      if (part.kind === 'word') path.push(part.value);
      else reader.refuse({ at: sign.at, message: 'a name must follow the dot', hint: FORMS });
      end = part.end;
      continue;
    }
    if (part.kind === 'string' || (part.kind === 'number' && Number.isInteger(part.value))) {
      path.push(part.value);
    } else {
      reader.refuse({ at: sign.at, message: 'a text in quotes or a number must follow "["' });
    }
    const close = reader.take();
    if (close.value !== ']') {
      reader.refuse({ at: close.at, message: 'the "[" is not closed', hint: 'Close it with "]".' });
    }
    end = close.end;
  }
  return end === undefined ? { path } : { path, end };
}

function referenceOf(root: unknown, path: ValuePath, text: string): Reference | undefined {
  const [first, ...rest] = path;
  switch (root) {
    case 'item':
      return { kind: 'item', text, path };
    case 'index':
      return path.length === 0 ? { kind: 'index', text, path } : undefined;
    case 'inputs':
      return typeof first === 'string'
        ? { kind: 'input', name: first, text, path: rest }
        : undefined;
    case 'steps': {
      // A step may have dots in its name, so that the name goes on until `outputs`.
      const outputs = path.indexOf('outputs', 1);
      const output = path[outputs + 1];
      if (outputs < 1 || typeof output !== 'string') return undefined;
      const step = path.slice(0, outputs).join('.');
      return { kind: 'step', step, output, text, path: path.slice(outputs + 2) };
    }
    default:
      return undefined;
  }
}

/** The value that a reference stands for now; `step/bad-value` where there is none. */
export function lookUp(reference: Reference, scope: StepScope): Result<Json> {
  const root = rootOf(reference, scope);
  if (!root.ok) return root;
  let value = root.value;
  for (const part of reference.path) {
    const next = memberOf(value, part);
    if (next === undefined) {
      return fail(badValue(reference, `there is no ${quote(String(part))} in the value`));
    }
    value = next;
  }
  return ok(value);
}

function rootOf(reference: Reference, scope: StepScope): Result<Json> {
  switch (reference.kind) {
    case 'step': {
      const step = Object.hasOwn(scope.steps, reference.step)
        ? scope.steps[reference.step]
        : undefined;
      const name = quote(reference.step);
      if (step === undefined) {
        return fail(badValue(reference, `the step ${name} has not given anything here`));
      }
      const problem = `the step ${name} gave no output ${quote(reference.output)}`;
      return member(reference, step.outputs, reference.output, problem);
    }
    case 'input':
      return member(
        reference,
        scope.inputs,
        reference.name,
        `there is no input ${quote(reference.name)}`,
      );
    case 'item':
    case 'index': {
      const value = reference.kind === 'item' ? scope.item : scope.index;
      return value === undefined
        ? fail(badValue(reference, 'only the work of a step with `forEach` has it'))
        : ok(value);
    }
  }
}

function member(
  reference: Reference,
  values: { readonly [name: string]: Json | undefined },
  name: string,
  problem: string,
): Result<Json> {
  const value = memberOf(values, name);
  if (value !== undefined) return ok(value);
  // Names only: the values may be secret.
  const near = nearestOf(Object.keys(values)).find(name);
  return fail(badValue(reference, problem, near));
}

/** Own members only: an output is never found on a prototype. */
function memberOf(
  value: Json | { readonly [name: string]: Json | undefined },
  part: string | number,
) {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isList(value)) return /^\d+$/.test(String(part)) ? value[Number(part)] : undefined;
  return Object.hasOwn(value, part) ? value[part] : undefined;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function badValue(reference: Reference, problem: string, near?: string): Failure {
  return {
    code: 'step/bad-value',
    message: `${OPEN} ${reference.text} ${CLOSE}: ${problem}`,
    ...(near === undefined ? {} : { hint: `Did you mean ${quote(near)}?` }),
  };
}
