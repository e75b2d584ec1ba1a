import { describe, expect, it } from 'vitest';
import { compilePatterns, countMatches } from './output-patterns.ts';

function read(pattern: string, ...pieces: readonly (readonly [string, boolean])[]) {
  const patterns = compilePatterns({ cmd: ['x'], errorPatterns: [pattern] });
  if (!patterns.ok) throw new Error(patterns.failure.message);
  for (const [text, isContinued] of pieces) patterns.value.line(text, isContinued);
  return patterns.value.error;
}

describe('compilePatterns', () => {
  it('finds what lies across the border of two pieces of one line', () => {
    expect(read('fatal', ['...fa', false], ['tal...', true])?.pattern).toBe('fatal');
  });

  it('finds nothing across the border of two lines', () => {
    expect(read('fatal', ['...fa', false], ['tal...', false])).toBeUndefined();
  });

  it('keeps the first line that an error pattern is met in', () => {
    expect(read('^E:', ['E: one', false], ['E: two', false])).toEqual({
      pattern: '^E:',
      line: 'E: one',
    });
  });
});

describe('countMatches', () => {
  it('counts every match of every line', () => {
    const counter = countMatches('[ab]');
    if (!counter.ok) throw new Error(counter.failure.message);
    for (const line of ['a b c', '', 'b']) counter.value.line(line);
    expect(counter.value.count).toBe(3);
  });

  it('counts no empty match', () => {
    const counter = countMatches('x*');
    if (!counter.ok) throw new Error(counter.failure.message);
    counter.value.line('axxb');
    expect(counter.value.count).toBe(1);
  });
});
