import type { Failure, Json } from '#shared';
import { isSafeLine } from '../../../shared/text-rules.ts';
import { didYouMean, nearestOf } from '../../plan/nearest.ts';
import { alternatives, quote } from '../../plan/words.ts';
import { copyJson } from './copy-json.ts';

/** The first thing wrong; what comes after it is not told, as it may be a consequence. */
export class FirstProblem {
  failure: Failure | undefined;

  /** Notes a problem of `where`: "The step "install": …". */
  note(where: string, message: string, hint?: string): void {
    this.failure ??= {
      code: 'execution/bad-steps',
      message: `${where}: ${message}.`,
      ...(hint === undefined ? {} : { hint }),
    };
  }
}

/** Bounds of a number. */
interface NumberRule {
  readonly above?: number;
  readonly atLeast?: number;
  readonly atMost: number;
  readonly whole?: boolean;
}

/**
 * Reads the fields of an object that an author wrote in plain JavaScript: every field once, as a getter may
 * give another value each time. What is wrong is noted, and read as if it were absent.
 */
export class Fields {
  readonly #problems: FirstProblem;
  readonly #where: string;
  readonly #path: string;
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(
    source: { readonly value: object; readonly where: string; readonly path?: string },
    known: readonly string[],
    problems: FirstProblem,
  ) {
    this.#problems = problems;
    this.#where = source.where;
    this.#path = source.path ?? '';
    // Not own fields only: a step may be of a class, with its functions on the prototype.
    const values = known.map((name) => [name, Reflect.get(source.value, name) as unknown] as const);
    this.#values = new Map(values.filter(([, value]) => value !== undefined));
    for (const name of Object.keys(source.value)) {
      if (known.includes(name) || Reflect.get(source.value, name) === undefined) continue;
      this.note(`${this.#name(name)} is no field`, didYouMean(nearestOf(known).find(name)).hint);
    }
  }

  /** Notes something wrong with it. */
  note(message: string, hint?: string): void {
    this.#problems.note(this.#where, message, hint);
  }

  /** As it is. */
  raw(name: string): unknown {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Notes what a field must be. */
  refuse(name: string, must: string, hint?: string): void {
    const value = this.#values.get(name);
    this.note(
      value === undefined
        ? `${this.#name(name)} is missing: it must be ${must}`
        : `${this.#name(name)} must be ${must}, not ${shown(value)}`,
      hint,
    );
  }

  /** A field that may be absent, if it is what it must be. */
  checked<T>(
    name: string,
    isRight: (value: unknown) => value is T,
    must: string,
    hint?: string,
  ): T | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    if (isRight(value)) return value;
    this.refuse(name, must, hint);
    return undefined;
  }

  /** One line of text that is not blank. */
  line(name: string, atMost: number): string | undefined {
    const must = `a line of text of 1 to ${atMost} characters`;
    return this.checked(name, (value) => isLine(value, atMost), must);
  }

  flag(name: string): boolean | undefined {
    return this.checked(name, (value) => typeof value === 'boolean', 'true or false');
  }

  number(name: string, rule: NumberRule): number | undefined {
    return this.checked(name, (value) => isNumber(value, rule), inWords(rule));
  }

  oneOf<const T extends string>(name: string, options: readonly T[]): T | undefined {
    const isOption = (value: unknown): value is T => options.some((option) => option === value);
    return this.checked(name, isOption, alternatives(options));
  }

  /** Different lines of text; a second one of the same is left out. */
  names(name: string, atMost: number): readonly string[] | undefined {
    const isName = (value: unknown): value is string => isLine(value, atMost);
    const names = this.#list(name, isName, `a line of text of 1 to ${atMost} characters`);
    return names && [...new Set(names)];
  }

  numbers(name: string): readonly number[] | undefined {
    return this.#list(name, isWhole, 'a whole number');
  }

  /** A regular expression as text. */
  pattern(name: string): string | undefined {
    return this.checked(name, isPattern, PATTERN, PATTERN_HINT);
  }

  patterns(name: string): readonly string[] | undefined {
    return this.#list(name, isPattern, PATTERN, PATTERN_HINT);
  }

  /** A function of the source, which keeps it as its `this`. */
  action(name: string, self: object): ((ctx: unknown) => unknown) | undefined {
    const action = this.checked(name, isFunction, 'a function');
    return action && ((ctx) => action.call(self, ctx));
  }

  json(name: string): Json | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const copy = copyJson(value, this.#path + name);
    if (copy.ok) return copy.value;
    this.note(`${this.#name(name)} must be JSON, but ${copy.problem}`);
    return undefined;
  }

  /** An object within. */
  within(name: string, known: readonly string[]): Fields | undefined {
    const value = this.checked(name, isObject, 'an object');
    if (value === undefined) return undefined;
    const path = `${this.#path}${name}.`;
    return new Fields({ value, where: this.#where, path }, known, this.#problems);
  }

  #list<T>(
    name: string,
    isItem: (item: unknown) => item is T,
    must: string,
    hint?: string,
  ): readonly T[] | undefined {
    const items = this.checked(name, isList, 'a list');
    if (items === undefined) return undefined;
    const right: T[] = [];
    // By index: the functions of lists pass over holes.
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      if (isItem(item)) right.push(item);
      else
        this.note(`${this.#name(`${name}[${index}]`)} must be ${must}, not ${shown(item)}`, hint);
    }
    return right;
  }

  #name(name: string): string {
    return `\`${quote(this.#path + name).slice(1, -1)}\``;
  }
}

/** An object with fields: no list, no function, nothing with a meaning of its own. */
export function isObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegExp || value instanceof Date || value instanceof Map)
  );
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isFunction(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === 'function';
}

/** Any value in a sentence: `the text "3"`, `a function`. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : `the text ${quote(value)}`;
    case 'number':
    case 'bigint':
      return `the number ${String(value)}`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
      return value instanceof RegExp ? 'a regular expression' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}

function isLine(value: unknown, atMost: number): value is string {
  return (
    typeof value === 'string' && value.length <= atMost && value.trim() !== '' && isSafeLine(value)
  );
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

const PATTERN = 'a regular expression as a text that is not empty';
const PATTERN_HINT = 'Give the `source` of a regular expression, without flags.';

function isPattern(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  try {
    new RegExp(value);
    return true;
  } catch {
    return false;
  }
}

function isNumber(value: unknown, { above, atLeast, atMost, whole }: NumberRule): value is number {
  return (
    typeof value === 'number' &&
    (whole === true ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    value > (above ?? -Infinity) &&
    value >= (atLeast ?? -Infinity) &&
    value <= atMost
  );
}

function inWords({ above, atLeast, atMost, whole }: NumberRule): string {
  const kind = whole === true ? 'a whole number' : 'a number';
  return above === undefined
    ? `${kind} from ${atLeast ?? -Infinity} to ${atMost}`
    : `${kind} above ${above}, at most ${atMost}`;
}
