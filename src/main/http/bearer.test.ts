import { describe, expect, it } from 'vitest';
import { hasBearer, sameSecret } from './bearer.ts';

describe('the token', () => {
  it('is taken from an Authorization header', () => {
    expect(hasBearer('Bearer abc-_9', 'abc-_9')).toBe(true);
    expect(hasBearer('bearer abc-_9', 'abc-_9')).toBe(true);
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer abc', 'Basic abc-_9', 'Bearer abc-_9 x'])(
    'is not in the header %s',
    (header) => {
      expect(hasBearer(header, 'abc-_9')).toBe(false);
    },
  );

  it('is not one that differs in a single character', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    expect(sameSecret('abd', 'abc')).toBe(false);
  });

  it('compares secrets of different length', () => {
    expect(sameSecret('a', 'ab')).toBe(false);
    expect(sameSecret('ab', 'a')).toBe(false);
    // As many characters, more bytes.
    expect(sameSecret('ä', 'a')).toBe(false);
  });
});
