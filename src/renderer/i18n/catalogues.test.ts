import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import type { MessageKey, MessageValues } from './catalogue.ts';
import { en } from './en.ts';
import { LANGUAGES, pickLanguage, PSEUDO_LANGUAGE } from './languages.ts';

/** Names of the placeholders by type, out of a parsed message, plural branches included. */
function placeholders(message: string, language: string): readonly string[] {
  const found = new Set<string>();
  const walk = (elements: ReturnType<IntlMessageFormat['getAst']>) => {
    for (const element of elements) {
      // 0 is plain text, 7 the `#` of a plural; both name nothing.
      const type: number = element.type;
      if (type !== 0 && type !== 7 && 'value' in element) found.add(`${element.value}:${type}`);
      if ('options' in element) {
        if (!('value' in element)) throw new Error('a plural without a name');
        for (const option of Object.values(element.options)) walk(option.value);
      }
    }
  };
  walk(new IntlMessageFormat(message, language, undefined, { ignoreTag: true }).getAst());
  return [...found].sort();
}

/** Plural branches that stand in a message. */
function branches(message: string): readonly string[] {
  return [...message.matchAll(/\b(zero|one|two|few|many|other) \{/g)].map(([, name]) => name ?? '');
}

const KEYS = Object.keys(en) as MessageKey[];
const ALL = [...LANGUAGES, pickLanguage(PSEUDO_LANGUAGE)];

/** `true` for each: makes the list of typed keys available at run time, and complete by its type. */
const WITH_VALUES: { readonly [key in keyof MessageValues]: readonly string[] } = {
  'network.signal': ['strength:2'],
  'network.join.title': ['ssid:1'],
  'terms.date': ['date:3'],
  'profile.passwordHint': ['count:6'],
  'profile.error.password': ['count:6'],
  'summary.account.value': ['fullName:1', 'userName:1'],
  'working.now': ['name:1'],
  'working.attempt': ['attempt:2'],
  'steps.nextAttempt': ['attempt:2'],
  'steps.elapsed': ['time:1'],
  'steps.count': ['done:2', 'total:2'],
  'steps.again': ['attempt:2', 'name:1'],
  'steps.stalled': ['name:1'],
  'steps.status.runningPercent': ['share:2'],
  'question.askedBy': ['name:1'],
  'interrupted.title': ['name:1'],
  'execution.attempts': ['count:6'],
  'failure.at': ['name:1'],
  'failure.named': ['name:1'],
  'notice.any': ['message:1'],
};

describe.each(ALL)('the catalogue of $tag', ({ tag, catalogue }) => {
  it('has exactly the keys of the source', () => {
    expect(Object.keys(catalogue).sort()).toEqual([...KEYS].sort());
  });

  it('says something for every key', () => {
    expect(KEYS.filter((key) => catalogue[key].trim() === '')).toEqual([]);
  });

  it('is valid ICU with the placeholders that its callers give', () => {
    const needed = new Map(Object.entries(WITH_VALUES));
    for (const key of KEYS) {
      expect([key, placeholders(catalogue[key], tag)]).toEqual([key, needed.get(key) ?? []]);
    }
  });

  it('has every plural form that its language tells apart', () => {
    // English-like messages stand in the pseudo-locale too, so its rules are those of `en`.
    const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    for (const key of KEYS.filter((name) => catalogue[name].includes(', plural,'))) {
      expect([key, ...branches(catalogue[key])].sort()).toEqual([key, ...forms].sort());
    }
  });

  it('uses no straight quotes, which ICU would read as its own', () => {
    expect(KEYS.filter((key) => /['"]/.test(catalogue[key]))).toEqual([]);
  });
});
