import { describe, expect, it } from 'vitest';
import { guessFacts, systemFacts } from './system-facts.ts';

describe('guessFacts', () => {
  it.each([
    ['de-AT', 'de', 'AT'],
    ['ja', 'ja', 'JP'],
    ['zh-Hant-TW-u-nu-latn', 'zh-Hant', 'TW'],
    ['ar', 'ar', 'EG'],
    // Regions that are no countries: Latin America, and the world.
    ['es-419', 'es', 'US'],
    ['eo', 'eo', 'US'],
  ])('takes language and region of %s', (locale, language, region) => {
    expect(guessFacts({ locale, timeZone: 'UTC' })).toEqual({ language, region, timeZone: 'UTC' });
  });
});

describe('systemFacts', () => {
  it('names a time zone that exists', () => {
    const { timeZone } = systemFacts();
    expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
  });
});
