import { describe, expect, it } from 'vitest';
import { timeLimitOf } from './time-limits.ts';

describe('the time limit of an execution', () => {
  it.each([
    ['action', 30],
    ['block', 30],
    ['verification', 30],
    ['navigation', 60],
    ['testcase', 600],
    ['campaign', 7_200],
  ])('of type %s is %i seconds', (type, seconds) => {
    expect(timeLimitOf(type)).toBe(seconds);
  });

  it.each(['plugin', 'command', 'toString'])('of type %s is none', (type) => {
    expect(timeLimitOf(type)).toBeUndefined();
  });
});
