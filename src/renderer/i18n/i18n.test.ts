import { describe, expect, it } from 'vitest';
import { languageName, LANGUAGES, pickLanguage } from './languages.ts';
import { pickText } from './localized-text.ts';
import { pseudo } from './pseudo.ts';
import { likelyRegion, REGION_CODES, regionsIn } from './regions.ts';
import { translatorFor } from './translator.ts';

describe('picking a language', () => {
  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['en-XA', 'en-XA'],
    ['en-GB', 'en'],
    ['fr', 'en'],
    ['', 'en'],
  ])('speaks for %j in %s', (asked, spoken) => {
    expect(pickLanguage(asked).tag).toBe(spoken);
  });

  it('names each language in itself', () => {
    expect(LANGUAGES.map(({ tag }) => languageName(tag))).toEqual([
      'English',
      'Deutsch',
      '日本語',
      'العربية',
    ]);
  });
});

describe("picking a plan's text", () => {
  const TEXT = { ja: '目録', de: 'Inventar', 'de-CH': 'Bestand', en: 'Inventory' };

  it.each([
    ['de-CH', 'Bestand'],
    ['DE-ch', 'Bestand'],
    ['de-AT', 'Inventar'],
    ['fr', 'Inventory'],
  ])('takes for %s: %s', (language, expected) => {
    expect(pickText(TEXT, language)).toBe(expected);
  });

  it('takes the first where there is no English either', () => {
    expect(pickText({ ja: '目録', de: 'Inventar' }, 'fr')).toBe('目録');
  });

  it('takes a text without languages for all of them', () => {
    expect(pickText('Inventory', 'ar')).toBe('Inventory');
  });

  it('gives nothing for an empty table', () => {
    expect(pickText({}, 'en')).toBeUndefined();
  });
});

describe('translating', () => {
  it('fills in values by the rules of the language', () => {
    expect(translatorFor('en').t('profile.error.password', { count: 1 })).toBe(
      'Use at least 1 character, or leave it empty.',
    );
    expect(translatorFor('de').t('network.signal', { strength: 0.42 })).toBe('Signal 42\u00a0%');
  });

  it('writes dates as the language does', () => {
    const date = new Date(2026, 0, 15);
    expect(translatorFor('de').t('terms.date', { date })).toBe('Fassung vom 15. Januar 2026');
    expect(translatorFor('ja').t('terms.date', { date })).toBe('2026年1月15日版');
  });

  it('writes how long something goes as a clock', () => {
    const { stopwatch } = translatorFor('en');
    expect([0, 65.9, 3_671].map(stopwatch)).toEqual(['00:00', '01:05', '1:01:11']);
  });

  it('writes how long something took in short words, with tenths while it is short', () => {
    expect([0, 0.42, 9.96, 65, 3_600].map(translatorFor('en').duration)).toEqual([
      '0.0s',
      '0.4s',
      '9.9s',
      '1m 5s',
      '1h',
    ]);
    expect(translatorFor('de').duration(0.4)).toBe('0,4 Sek.');
  });

  it('shows markup in a value as it is', () => {
    expect(translatorFor('en').t('network.join.title', { ssid: '<b>{x}</b>' })).toBe(
      'Join “<b>{x}</b>”',
    );
  });

  it('gives the same translator for tags that speak one language', () => {
    expect(translatorFor('de-AT')).toBe(translatorFor('de'));
  });
});

describe('the pseudo-locale', () => {
  it('changes text, and no placeholder', () => {
    expect(pseudo('Join {name}: {count, plural, one {# day} other {# days}}')).toBe(
      '[Jöíñ {name}: {count, plural, one {# dáý} other {# dáýš}} ~ ~ ~ ~ ~ ~ ~ ~ ~ ~]',
    );
  });
});

describe('regions', () => {
  it('are all known by name', () => {
    const { regionName } = translatorFor('en');
    expect(REGION_CODES.filter((code) => regionName(code) === code)).toEqual([]);
    expect(new Set(REGION_CODES).size).toBe(249);
  });

  it('stand where readers of the language look for them', () => {
    const german = regionsIn('de', translatorFor('de').regionName).map(({ name }) => name);
    expect(german.indexOf('Österreich')).toBeLessThan(german.indexOf('Polen'));
  });

  it('are guessed from the language', () => {
    expect(LANGUAGES.map(({ tag }) => likelyRegion(tag))).toEqual(['US', 'DE', 'JP', 'EG']);
  });
});
