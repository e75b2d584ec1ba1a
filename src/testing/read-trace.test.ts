import { describe, expect, it } from 'vitest';
import type { TraceRecord } from '#shared';
import { holdsInOrder, visitedPlugins } from './read-trace.ts';

const shown = (plugin: string, seq: number): TraceRecord => ({
  seq,
  time: '2026-01-01T00:00:00.000Z',
  type: 'screen.shown',
  plugin,
  route: plugin,
});

describe('what a trace says of visits', () => {
  it('names screens in order, once for each visit', () => {
    const trace = ['welcome', 'wifi', 'wifi', 'welcome'].map(shown);
    expect(visitedPlugins(trace)).toEqual(['welcome', 'wifi', 'welcome']);
  });

  it('is not disturbed by screens of others in between', () => {
    expect(holdsInOrder(['a', 'new', 'b', 'c'], ['a', 'c'])).toBe(true);
  });

  it('is a matter of order', () => {
    expect(holdsInOrder(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(holdsInOrder(['a'], ['a', 'a'])).toBe(false);
  });
});
