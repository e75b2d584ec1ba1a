import { fail, ok, type Result } from '#shared';
import type { CommandSpec } from '../../execution/step-spec.ts';

/** What the output of a command says of its success, found out as it comes. */
export interface OutputPatterns {
  line(text: string, isContinued: boolean): void;
  /** The first error pattern that was met, and the line that met it. */
  readonly error: { readonly pattern: string; readonly line: string } | undefined;
  readonly isSuccess: boolean;
}

/** Compiles the patterns of a command; one that is no regular expression is a failure. */
export function compilePatterns(command: CommandSpec): Result<OutputPatterns> {
  const errors = compileAll(command.errorPatterns ?? []);
  if (!errors.ok) return errors;
  const successes = compileAll(command.successPatterns ?? []);
  if (!successes.ok) return successes;

  let before = '';
  let error: OutputPatterns['error'];
  let isSuccess = false;
  return ok({
    line(text, isContinued) {
      // Together with the piece before it: what is searched for may lie across their border.
      const searched = isContinued ? before + text : text;
      before = text;
      const met = error ? undefined : errors.value.find((pattern) => pattern.test(searched));
      if (met !== undefined) error = { pattern: met.source, line: searched };
      isSuccess ||= successes.value.some((pattern) => pattern.test(searched));
    },
    get error() {
      return error;
    },
    get isSuccess() {
      return isSuccess;
    },
  });
}

/** Counts matches line by line, such as packages that were updated. */
export interface MatchCounter {
  line(text: string): void;
  readonly count: number;
}

/** Counts the matches of a regular expression; empty ones are none. */
export function countMatches(pattern: string): Result<MatchCounter> {
  const compiled = compile(pattern, 'g');
  if (!compiled.ok) return compiled;
  let count = 0;
  return ok({
    line(text) {
      for (const [match] of text.matchAll(compiled.value)) if (match !== '') count += 1;
    },
    get count() {
      return count;
    },
  });
}

function compileAll(patterns: readonly string[]): Result<readonly RegExp[]> {
  const compiled: RegExp[] = [];
  for (const pattern of patterns) {
    const one = compile(pattern, '');
    if (!one.ok) return one;
    compiled.push(one.value);
  }
  return ok(compiled);
}

function compile(pattern: string, flags: '' | 'g'): Result<RegExp> {
  const problem = patternProblem(pattern);
  if (problem === undefined) return ok(new RegExp(pattern, flags));
  return fail({ code: 'step/bad-value', message: `A pattern of a command ${problem}.` });
}

/** Says what keeps a text from being a regular expression. */
export function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `is not a regular expression: ${why}`;
  }
}
