import { describe, expect, it } from 'vitest';
import { durationWords, fit, wrap } from './words.ts';

describe('a duration', () => {
  it.each([
    [0, '0.0 s'],
    [3.21, '3.2 s'],
    [59.96, '1 min 00 s'],
    [65, '1 min 05 s'],
    [3599.6, '1 h 00 min'],
    [7265, '2 h 01 min'],
  ])('of %d s is %s', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });
});

describe('a text that is too wide', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, ''],
    ['下载文件', 8, '下载文件'],
    ['下载文件', 7, '下载文…'],
    ['下载文件', 6, '下载…'],
    ['👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5, '👩‍👩‍👧👩‍👩‍👧…'],
  ])('%s is cut to %i columns, no character in half', (text, columns, cut) => {
    expect(fit(text, columns)).toBe(cut);
  });

  it.each([
    ['one two three', 13, ['one two three']],
    ['one two three', 8, ['one two', 'three']],
    ['  one two three', 8, ['  one', '  two', '  three']],
    ['abcdefgh ij', 3, ['abc', 'def', 'gh', 'ij']],
    ['下载 文件', 3, ['下', '载', '文', '件']],
  ])('%s is broken into lines of %i columns', (text, columns, lines) => {
    expect(wrap(text, columns)).toEqual(lines);
  });
});
