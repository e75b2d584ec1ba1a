import { describe, expect, it } from 'vitest';
import { tableLines } from './table.ts';

const COLUMNS = [
  { title: 'name', widest: 10 },
  { title: 'count', widest: 8, align: 'right' },
  { title: 'why', widest: 80 },
] as const;

describe('a table', () => {
  it('has columns as wide as they need to be', () => {
    expect(
      tableLines(COLUMNS, [
        ['a', '1', 'yes'],
        ['bcdef', '1,000', ''],
      ]),
    ).toEqual(['name   count  why', 'a          1  yes', 'bcdef  1,000']);
  });

  it('stays within 80 characters, and shows what was cut', () => {
    const lines = tableLines(COLUMNS, [['x'.repeat(30), '1', 'y'.repeat(200)]]);
    expect(Math.max(...lines.map(({ length }) => length))).toBe(80);
    expect(lines[1]).toMatch(/^x{9}… {6}1 {2}y+…$/);
  });
});
