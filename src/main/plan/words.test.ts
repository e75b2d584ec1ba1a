import { describe, expect, it } from 'vitest';
import { alternatives, describe as say, quote } from './words.ts';

describe('a text in a message', () => {
  it('spells out what would move a cursor or hide', () => {
    expect(quote('a\u001b[2J\u202eb"')).toBe(String.raw`"a\u001b[2J\u202eb\""`);
  });

  it('is cut where nobody would read on', () => {
    expect(quote('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
    expect(quote('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  });
});

describe('a value in a message', () => {
  it.each([
    ['3', 'the text "3"'],
    [3, 'the number 3'],
    [3n, 'the number 3'],
    [true, 'true'],
    [new Date(0), 'a date'],
    [[], 'a list'],
    [{}, 'a table'],
    [undefined, 'nothing'],
  ])('%s is %s', (value, words) => {
    expect(say(value)).toBe(words);
  });
});

describe('alternatives', () => {
  it('are read as a person would say them', () => {
    expect(alternatives(['a'])).toBe('"a"');
    expect(alternatives(['a', 'b'])).toBe('"a" or "b"');
    expect(alternatives(['a', 'b', 'c'])).toBe('"a", "b" or "c"');
  });
});
