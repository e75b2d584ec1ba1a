import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestAlways, nearestOf } from './nearest.ts';

const FIELDS = ['name', 'retries', 'run_async', 'timeout_seconds', 'team_name'];

describe('the nearest of some names', () => {
  it.each([
    ['run_asinc', 'run_async'],
    ['run_aysnc', 'run_async'],
    ['RUN_ASYNC', 'run_async'],
    ['timeout', 'timeout_seconds'],
    ['nmae', 'name'],
    ['colour', undefined],
    ['', undefined],
    ['x', undefined],
  ])('of %j is %j', (name, expected) => {
    expect(nearestOf(FIELDS).find(name)).toBe(expected);
  });

  it('is never the name itself', () => {
    expect(nearestOf(['name']).find('name')).toBeUndefined();
  });

  it('stops searching after so many comparisons, and keeps silent', () => {
    const nearest = nearestOf(Array.from({ length: 100_000 }, (_, at) => `event-${at}`));
    expect(nearest.find('event_0')).toBe('event-0');
    expect(nearest.find('event_99999')).toBe('event-99999');
    expect(nearest.find('event_0')).toBeUndefined();
  });

  it('compares any two texts without throwing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.string({ unit: 'binary' })),
        (a, all) => {
          const found = nearestOf(all).find(a);
          expect(found === undefined || all.includes(found)).toBe(true);
        },
      ),
    );
  });
});

describe('the nearest of a closed list', () => {
  it.each([
    ['S3', 's3'],
    ['https', 's3'],
    ['function', 'unc'],
    ['folder', 'local'],
  ])('of %j is %j, however far', (name, expected) => {
    expect(nearestAlways(name, ['s3', 'local', 'unc'])).toBe(expected);
  });

  it('is nothing only if there is nothing', () => {
    expect(nearestAlways('a', [])).toBeUndefined();
  });
});
