/**
 * Cuts what stands within `${{ }}` into words and signs. The text comes from authors of steps, so a wrong
 * one is a problem with its place, never an exception.
 */

/** What keeps a text from being understood. */
export interface SyntaxProblem {
  /** From 0, in UTF-16 units, in the whole text. */
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
}

export const OPEN = '${{';
export const CLOSE = '}}';

export type Token =
  /** A text in quotes. */
  | { readonly kind: 'string'; readonly at: number; readonly end: number; readonly value: string }
  | { readonly kind: 'number'; readonly at: number; readonly end: number; readonly value: number }
  /** `steps`, `true`, a part of a path. */
  | { readonly kind: 'word'; readonly at: number; readonly end: number; readonly value: string }
  /** `${{`, `}}`, `==`, `(` and the like. */
  | { readonly kind: 'sign'; readonly at: number; readonly end: number; readonly value: string }
  /** The text is over. */
  | { readonly kind: 'end'; readonly at: number; readonly end: number; readonly value: '' };

const SPACE = /\s+/y;
const SIGN = /\$\{\{|\}\}|==|!=|&&|\|\||[!().[\]]/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Letters of all scripts count; `\p{L}` would take long to compile, so everything beyond ASCII does.
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff-]*/y;
/** After a dot a number is a name too. */
const SEGMENT = /[A-Za-z0-9_\u0080-\uffff-]+/y;

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

/** What people write from other languages, and what to write here. */
const MENDS = new Map([
  ['=', 'Write "==" to compare.'],
  ['&', 'Write "&&" for "and".'],
  ['|', 'Write "||" for "or".'],
  ['}', 'Close with "}}".'],
  ['$', 'Write "${{ … }}".'],
]);
const OPERATORS = 'There are "==", "!=", "!", "&&", "||" and parentheses.';

/** Reads one token after another from a text. */
export interface TokenReader {
  /** The token at the front. */
  readonly front: Token;
  readonly problem: SyntaxProblem | undefined;
  /** Takes the front token and goes on. */
  take(): Token;
  /** Notes a problem, unless there is one already, and goes to the end: nothing after it counts. */
  refuse(problem: SyntaxProblem): void;
}

/** Begins to read at `from`. */
export function readTokens(text: string, from = 0): TokenReader {
  let problem: SyntaxProblem | undefined;
  const refuse = (found: SyntaxProblem): void => {
    problem ??= found;
    front = endOf(text);
  };
  let front: Token = endOf(text);
  const scan = (at: number, afterDot: boolean): void => {
    const start = matchAt(SPACE, text, at)?.end ?? at;
    const found = tokenAt(text, start, afterDot);
    if ('message' in found) refuse(found);
    else front = found;
  };
  scan(from, false);
  return {
    get front() {
      return front;
    },
    get problem() {
      return problem;
    },
    take() {
      const taken = front;
      if (taken.kind !== 'end') scan(taken.end, taken.kind === 'sign' && taken.value === '.');
      return taken;
    },
    refuse,
  };
}

function endOf(text: string): Token {
  return { kind: 'end', at: text.length, end: text.length, value: '' };
}

function tokenAt(text: string, at: number, afterDot: boolean): Token | SyntaxProblem {
  if (at >= text.length) return endOf(text);
  const segment = afterDot ? matchAt(SEGMENT, text, at) : undefined;
  if (segment !== undefined) return { kind: 'word', ...segment };
  const sign = matchAt(SIGN, text, at);
  if (sign !== undefined) return { kind: 'sign', ...sign };
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined) return { ...number, kind: 'number', value: Number(number.value) };
  const word = matchAt(WORD, text, at);
  if (word !== undefined) return { kind: 'word', ...word };
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (char === '"' || char === "'") return stringAt(text, at, char);
  return {
    at,
    message: `${char === '"' ? "'\"'" : JSON.stringify(char)} has no meaning here`,
    hint: MENDS.get(char) ?? OPERATORS,
  };
}

function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): { readonly at: number; readonly end: number; readonly value: string } | undefined {
  pattern.lastIndex = at;
  const value = pattern.exec(text)?.[0];
  return value === undefined ? undefined : { at, end: at + value.length, value };
}

function stringAt(text: string, at: number, quote: string): Token | SyntaxProblem {
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === quote) return { kind: 'string', at, end: i + 1, value };
    if (char !== '\\') {
      value += char;
      continue;
    }
    i += 1;
    const escaped = ESCAPES.get(text.charAt(i));
    if (escaped === undefined) {
      return { at: i - 1, message: 'a lone backslash in a text', hint: 'Write "\\\\" for one.' };
    }
    value += escaped;
  }
  return { at, message: 'a text in quotes is not closed', hint: `Close it with ${quote}.` };
}
