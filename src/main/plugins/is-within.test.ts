import { expect, it } from 'vitest';
import { isWithin } from './is-within.ts';

it.each([
  ['/a/b', '/a/b', true],
  ['/a/b/c', '/a/b', true],
  ['/a/b/..c', '/a/b', true],
  ['/a', '/', true],
  ['/a', '/a/b', false],
  ['/a/bc', '/a/b', false],
  ['/a/c', '/a/b', false],
])('%s within %s: %s', (file, folder, expected) => {
  expect(isWithin(file, folder)).toBe(expected);
});
