import { describe, expect, it } from 'vitest';
import { crashRun } from './testing/crash/matrix.test-support.ts';

// A sample of `npm run test:crash`, by fixed seeds. It may take a while where other tests run too.
const RUNS = 60;
const AT_ONCE = 6;

describe('an interrupted execution', () => {
  it.each(Array.from({ length: AT_ONCE }, (_, index) => index))(
    'comes to the same as an uninterrupted one, runs nothing twice and loses nothing (part %i)',
    async (part) => {
      const failed = [];
      for (let seed = part; seed < RUNS; seed += AT_ONCE) {
        const run = await crashRun(seed);
        if (run.problems.length > 0) failed.push(run);
      }
      expect(failed).toEqual([]);
    },
    120_000,
  );
});
