import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const LIMITS = { baseMs: 200, capMs: 5_000 };

it('doubles the longest wait up to the limit', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffMs(failures, () => 1, LIMITS));
  expect(longest).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

it('takes any wait below that, none as well', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), chance, (failures, random) => {
      const wait = backoffMs(failures, () => random, LIMITS);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(LIMITS.capMs);
    }),
  );
  expect(backoffMs(3, () => 0, LIMITS)).toBe(0);
});
