import type { Diagnostic } from '#shared';
import type { Place } from './finding.ts';
import { escapeUnsafe } from './words.ts';

/** Parts of a finding that a terminal may colour. */
export type Part = 'file' | 'error' | 'warning' | 'rule' | 'gutter' | 'mark' | 'hint';

/** Colours a part, or gives it back as it is. */
export type Paint = (part: Part, text: string) => string;

/** No colours: for files, pipes and tests. */
const plain: Paint = (_part, text) => text;

const CONTEXT_LINES = 1;
const WIDEST = 100;

/**
 * One finding as text for people: where, what, the lines around it with the spot marked, and the hint.
 * Whatever the file holds, nothing of it moves the cursor of a terminal.
 */
export function describeDiagnostic({
  file,
  text,
  diagnostic,
  paint = plain,
}: {
  readonly file: string;
  /** The text of the file, if it has any. */
  readonly text: string | undefined;
  readonly diagnostic: Diagnostic;
  readonly paint?: Paint;
}): string {
  const { line, column, severity, rule, message, hint } = diagnostic;
  const where = paint('file', `${escapeUnsafe(file)}:${line}:${column}`);
  const head = `${where} ${paint(severity, severity)} ${paint('rule', rule)}`;
  const frame = text ? codeFrame(text, { line, column }, paint) : [];
  const rest = hint === undefined ? [] : [`${paint('hint', 'Hint:')} ${hint}`];
  return [head, ...[message, ...frame, ...rest].map((row) => `  ${row}`)].join('\n');
}

/** The marked line, with one before and one after. */
function codeFrame(text: string, { line, column }: Place, paint: Paint): readonly string[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const last = Math.min(lines.length, line + CONTEXT_LINES);
  const width = String(last).length;
  // A long line is shown from a little before the spot, and its neighbours along with it.
  const from = column > WIDEST - 20 ? column - 40 : 0;
  const rows: string[] = [];
  for (let number = Math.max(1, line - CONTEXT_LINES); number <= last; number++) {
    const source = lines[number - 1] ?? '';
    const shown = oneCellEach(source.slice(from, from + WIDEST));
    rows.push(`${paint('gutter', `${String(number).padStart(width)} |`)} ${shown}`.trimEnd());
    if (number !== line) continue;
    const mark = '~'.repeat(Math.min(tokenLength(source, column - 1), WIDEST));
    const gap = ' '.repeat(Math.max(0, column - 1 - from));
    rows.push(`${paint('gutter', `${' '.repeat(width)} |`)} ${gap}${paint('mark', mark)}`);
  }
  return rows;
}

/** How long the word, text or number is that begins here; at least 1, for there is always a mark. */
function tokenLength(source: string, at: number): number {
  const token = /^(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,=[\]{}#"']+)/.exec(source.slice(at));
  return token?.[0].length ?? 1;
}

// Marks line up only if each character is one cell wide, and control characters must not get through.
function oneCellEach(source: string): string {
  return source.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, (char) =>
    char === '\t' ? ' ' : '\u00b7',
  );
}
