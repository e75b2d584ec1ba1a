import type { Json, Result } from '#shared';
import { fail, ok } from '../../../shared/result.ts';
import type { StepScope } from '../step-scope.ts';
import type { CommandSpec } from '../step-spec.ts';
import { badSyntax } from './expression.ts';
import { lookUp, readReference, type Reference } from './reference.ts';
import { CLOSE, OPEN, readTokens, type SyntaxProblem } from './tokens.ts';

/** A text cut at its `${{ }}`: what is written out as it stands, and what is put in. */
type TextPart = string | Reference;

/**
 * Puts values in place of every `${{ }}` in the texts of `value` (members' names stay as they are). A text
 * that is one reference and nothing else becomes the value with its type; in the midst of a text, lists
 * and objects are written as JSON. What was put in is not looked at again. Fails with `step/bad-value`.
 */
export function resolveValues<T extends Json>(value: T, scope: StepScope): Result<T> {
  // A text becomes any JSON, which `T` cannot say; for texts that must stay texts there is `resolveText`.
  return resolve(value, scope) as Result<T>;
}

/** As `resolveValues`, for what must be a text: a lone reference is written out too. */
export function resolveText(text: string, scope: StepScope): Result<string> {
  if (!text.includes(OPEN)) return ok(text);
  const parts = partsOf(text);
  if (!parts.ok) return parts;
  let out = '';
  for (const part of parts.value) {
    const value: Result<Json> = typeof part === 'string' ? ok(part) : lookUp(part, scope);
    if (!value.ok) return value;
    out += typeof value.value === 'string' ? value.value : JSON.stringify(value.value);
  }
  return ok(out);
}

/** The commands with values in `cmd`, `env` and `cwd`. Patterns and descriptions stay as they are. */
export function resolveCommands(
  commands: readonly CommandSpec[],
  scope: StepScope,
): Result<readonly CommandSpec[]> {
  return each(commands, (command) => {
    const cmd = each(command.cmd, (text) => resolveText(text, scope));
    if (!cmd.ok) return cmd;
    const env = each(Object.entries(command.env ?? {}), ([name, text]) => {
      const value = resolveText(text, scope);
      return value.ok ? ok([name, value.value] as const) : value;
    });
    if (!env.ok) return env;
    const cwd = resolveText(command.cwd ?? '', scope);
    if (!cwd.ok) return cwd;
    return ok({
      ...command,
      cmd: cmd.value,
      ...(command.env === undefined ? {} : { env: Object.fromEntries(env.value) }),
      ...(command.cwd === undefined ? {} : { cwd: cwd.value }),
    });
  });
}

/** All references in the texts of a value; `execution/bad-steps` for one that cannot be understood. */
export function referencesIn(value: Json): Result<readonly Reference[]> {
  const found: Reference[] = [];
  const waiting: (Json | undefined)[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') {
      if (!next.includes(OPEN)) continue;
      const parts = partsOf(next);
      if (!parts.ok) return parts;
      for (const part of parts.value) if (typeof part !== 'string') found.push(part);
    } else if (typeof next === 'object' && next !== null) {
      // Backwards onto the stack, so that the first one is found first.
      waiting.push(...(Object.values(next) as Json[]).reverse());
    }
  }
  return ok(found);
}

/** Is the text one reference and nothing else? */
export function isLoneReference(text: string): boolean {
  const parts = partsOf(text);
  return parts.ok && parts.value.length === 1 && typeof parts.value[0] !== 'string';
}

function resolve(value: Json, scope: StepScope): Result<Json> {
  if (typeof value === 'string') {
    if (!value.includes(OPEN)) return ok(value);
    const parts = partsOf(value);
    if (!parts.ok) return parts;
    const [first] = parts.value;
    return parts.value.length === 1 && first !== undefined && typeof first !== 'string'
      ? lookUp(first, scope)
      : resolveText(value, scope);
  }
  if (typeof value !== 'object' || value === null) return ok(value);
  if (isList(value)) return each(value, (item) => resolve(item, scope));
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const resolved = resolve(member, scope);
    if (!resolved.ok) return resolved;
    members.push([name, resolved.value]);
  }
  // Unlike an assignment, this makes a member of `__proto__`.
  return ok(Object.fromEntries(members));
}

function partsOf(text: string): Result<readonly TextPart[]> {
  const parts: TextPart[] = [];
  let from = 0;
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
    if (open > from) parts.push(text.slice(from, open));
    const read = readPart(text, open);
    if ('message' in read) return fail(badSyntax(text, read));
    parts.push(read.part);
    from = read.end;
  }
  if (from < text.length) parts.push(text.slice(from));
  return ok(parts);
}

/** What stands in one pair of braces: a reference, or a text in quotes for texts that hold braces. */
function readPart(
  text: string,
  open: number,
): { readonly part: TextPart; readonly end: number } | SyntaxProblem {
  const reader = readTokens(text, open + OPEN.length);
  const { front } = reader;
  let part: TextPart = '';
  if (front.kind === 'word') part = readReference(reader, text);
  else if (front.kind === 'string') part = String(reader.take().value);
  else reader.refuse({ at: front.at, message: 'a reference must follow the braces' });
  // Not taken: what follows the braces is any text, and may be no token at all.
  const { front: close } = reader;
  if (close.value !== CLOSE || close.kind !== 'sign') {
    reader.refuse(
      close.kind === 'end'
        ? { at: open, message: `"${OPEN}" is not closed`, hint: `Close it with "${CLOSE}".` }
        : {
            at: close.at,
            message: 'only one reference may stand between the braces',
            hint: 'Operators belong into `when`.',
          },
    );
  }
  return reader.problem ?? { part, end: close.end };
}

function each<A, B>(items: readonly A[], make: (item: A) => Result<B>): Result<readonly B[]> {
  const made: B[] = [];
  for (const item of items) {
    const result = make(item);
    if (!result.ok) return result;
    made.push(result.value);
  }
  return ok(made);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
