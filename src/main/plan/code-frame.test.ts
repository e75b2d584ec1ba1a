import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '#shared';
import { describeDiagnostic, type Paint } from './code-frame.ts';

const at = (line: number, column: number, hint?: string): Diagnostic => ({
  rule: 'plan/bad-value',
  severity: 'error',
  message: 'something is wrong',
  line,
  column,
  path: '',
  ...(hint === undefined ? {} : { hint }),
});
const show = (text: string | undefined, diagnostic: Diagnostic, paint?: Paint): string =>
  describeDiagnostic({
    file: 'plan.toml',
    text,
    diagnostic,
    ...(paint === undefined ? {} : { paint }),
  });

describe('a finding on a terminal', () => {
  it('is shown with its line, the ones around it, and the hint', () => {
    expect(show('[a]\nb = "c d"\n[e]\n', at(2, 5, 'Try again.'))).toBe(
      `plan.toml:2:5 error plan/bad-value
  something is wrong
  1 | [a]
  2 | b = "c d"
    |     ~~~~~
  3 | [e]
  Hint: Try again.`,
    );
  });

  it('is shown at the ends of a file', () => {
    expect(show('a = 1', at(1, 6))).toBe(
      `plan.toml:1:6 error plan/bad-value
  something is wrong
  1 | a = 1
    |      ~`,
    );
  });

  it('keeps line numbers of different lengths in one column', () => {
    const text = Array.from({ length: 12 }, (_, line) => `k${line + 1} = 1`).join('\r\n');
    expect(show(text, at(9, 1))).toBe(
      `plan.toml:9:1 error plan/bad-value
  something is wrong
   8 | k8 = 1
   9 | k9 = 1
     | ~~
  10 | k10 = 1`,
    );
  });

  it('has no lines where there is no text', () => {
    expect(show(undefined, at(1, 1))).toBe(
      'plan.toml:1:1 error plan/bad-value\n  something is wrong',
    );
    expect(show('', at(1, 1))).toBe('plan.toml:1:1 error plan/bad-value\n  something is wrong');
  });

  it('shows of a long line what is around the spot', () => {
    const frame = show(`a = "${'x'.repeat(300)}", b = 1`, at(1, 312)).split('\n');
    expect(frame[2]).toBe(`  1 | ${'x'.repeat(33)}", b = 1`);
    expect(frame[3]).toBe(`    | ${' '.repeat(39)}~`);
  });

  it('lets nothing through that would move the cursor', () => {
    const frame = show('a\t= "\u001b[2J\u202e"', at(1, 5));
    expect(frame).toContain('1 | a = "·[2J·"');
    expect(show('a', { ...at(1, 1), message: 'm' }).includes('\u001b')).toBe(false);
  });

  it('colours its parts where it may', () => {
    const paint: Paint = (part, text) => `<${part}>${text}</${part}>`;
    expect(show('a = 1', at(1, 5, 'No.'), paint)).toBe(
      `<file>plan.toml:1:5</file> <error>error</error> <rule>plan/bad-value</rule>
  something is wrong
  <gutter>1 |</gutter> a = 1
  <gutter>  |</gutter>     <mark>~</mark>
  <hint>Hint:</hint> No.`,
    );
  });
});
