import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { StepStatus } from '#shared';

/** What a piece of a line is; colours follow from it. */
export type Style = 'good' | 'bad' | 'busy' | 'notable' | 'quiet';

/** Gives a text its colour, or leaves it as it is. */
export type PaintStyle = (style: Style, text: string) => string;

const STYLES: { readonly [style in Style]: Parameters<typeof styleText>[0] } = {
  good: 'green',
  bad: 'red',
  busy: 'cyan',
  notable: 'yellow',
  quiet: 'dim',
};

/** Colours of a terminal that shows them. */
export const inColour: PaintStyle = (style, text) =>
  // The caller has looked whether there are colours; what standard output is does not matter here.
  styleText(STYLES[style], text, { validateStream: false });

export const inPlain: PaintStyle = (_style, text) => text;

/** One character for each status; one of another font for consoles that have no others. */
export type Marks = { readonly [status in StepStatus | 'asks']: string };

export const MARKS: Marks = {
  pending: '·',
  running: '▸',
  completed: '✓',
  failed: '✗',
  skipped: '↷',
  blocked: '⊘',
  cancelled: '⊘',
  asks: '?',
};

export const ASCII_MARKS: Marks = {
  pending: '.',
  running: '>',
  completed: '+',
  failed: 'x',
  skipped: '-',
  blocked: '!',
  cancelled: '!',
  asks: '?',
};

/** A duration for a person: `3.2 s`, `2 min 05 s`, `1 h 02 min`. */
export function durationWords(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text in at most `columns` columns of a terminal, where some characters take two. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (stringWidth(text) <= columns) return text;
  let cut = '';
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** The text in lines of at most `columns` columns, broken between words where that is possible. */
export function wrap(text: string, columns: number): readonly string[] {
  if (stringWidth(text) <= columns) return [text];
  const indent = fit(/^ */.exec(text)?.[0] ?? '', columns - 1);
  const lines: string[] = [];
  let line = indent;
  for (const word of text.trim().split(/ +/)) {
    const longer = line === indent ? line + word : `${line} ${word}`;
    if (stringWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== indent) lines.push(line);
    line = indent;
    for (const { segment } of graphemes.segment(word)) {
      if (stringWidth(line + segment) > columns && line !== indent) {
        lines.push(line);
        line = indent;
      }
      line += segment;
    }
  }
  return [...lines, line];
}

/** As wide as `columns` at least. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}
