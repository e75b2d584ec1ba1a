import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULES } from './diagnostic.ts';
import { ERROR_CODES } from './error-codes.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');

/** Code to its first paragraph and whether something follows that says what to do. */
const sections = new Map(
  text
    .split('\n### ')
    .slice(1)
    .map((section) => {
      const [code = '', meaning = '', mend = ''] = section.split(/\n\n/);
      return [code, { meaning: meaning.replaceAll('\n', ' '), mend }] as const;
    }),
);

describe('docs/errors.md', () => {
  it('has a section for every code and every rule, and for nothing else', () => {
    const known = [...Object.keys(RULES), ...Object.keys(ERROR_CODES)];
    expect([...sections.keys()].sort()).toEqual(known.sort());
  });

  it('says of each what the table says', () => {
    for (const [code, meaning] of Object.entries(ERROR_CODES)) {
      expect([code, sections.get(code)?.meaning]).toEqual([code, meaning]);
    }
    for (const [rule, { severity, meaning }] of Object.entries(RULES)) {
      expect([rule, sections.get(rule)?.meaning]).toEqual([rule, `${meaning} (${severity})`]);
    }
  });

  it('says of each what to do', () => {
    for (const [code, { mend }] of sections) expect([code, mend.length > 10]).toEqual([code, true]);
  });
});
