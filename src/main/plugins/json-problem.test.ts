import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonProblem } from './json-problem.ts';

describe('jsonProblem', () => {
  it('finds nothing in anything that JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(jsonProblem(JSON.parse(text))).toBeUndefined();
      }),
    );
  });

  it('takes dates and undefined properties, as JSON.stringify does', () => {
    expect(jsonProblem({ at: new Date(0), none: undefined })).toBeUndefined();
  });

  const circle: { self?: unknown } = {};
  circle.self = circle;

  it.each([
    [undefined, 'it is undefined'],
    [() => 1, 'it is a function'],
    [{ disks: [{ size: 1n }] }, 'disks[0].size is a bigint'],
    [[1, NaN], '[1] is NaN'],
    [[undefined], '[0] is undefined'],
    [{ byName: new Map() }, 'byName is a Map'],
    [{ tag: Symbol('x') }, 'tag is a symbol'],
  ])('names what is wrong with %o', (value, problem) => {
    expect(jsonProblem(value)).toBe(problem);
  });

  it('ends on a circle', () => {
    expect(jsonProblem(circle)).toMatch(/is nested more than 100 levels deep$/);
  });
});
