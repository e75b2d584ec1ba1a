import { isSafeLine } from '../../shared/text-rules.ts';
import { isTable } from './tree.ts';

/**
 * How the checker speaks of values. All that comes from a plan goes through `quote`, so no plan can
 * put control characters on a terminal or drown a message in text.
 */

const LONGEST_QUOTE = 60;

/** A text in quotes, cut to a readable length, with everything invisible spelled out. */
export function quote(text: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return `"${escapeUnsafe(shown.replaceAll('"', '\\"'))}"`;
}

/** Spells out control characters and the like as `\u001b`. */
export function escapeUnsafe(text: string): string {
  if (isSafeLine(text)) return text;
  let out = '';
  for (const char of text) {
    out += isSafeLine(char) ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
  return out;
}

/** Any TOML value in a sentence: `the text "3"`, `the number 3`, `a table`. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the text ${quote(value)}`;
    case 'number':
    case 'bigint':
      return `the number ${String(value)}`;
    case 'boolean':
      return String(value);
    default:
      if (value instanceof Date) return 'a date';
      if (Array.isArray(value)) return 'a list';
      return isTable(value) ? 'a table' : 'nothing';
  }
}

/** `"a", "b" or "c"`. */
export function alternatives(options: readonly string[]): string {
  const quoted = options.map(quote);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}
