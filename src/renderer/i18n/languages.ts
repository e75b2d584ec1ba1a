import { ar } from './ar.ts';
import type { Catalogue } from './catalogue.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import { pseudoCatalogue } from './pseudo.ts';

/** The pseudo-locale: English with accents and padding, to find untranslated and cramped text. */
export const PSEUDO_LANGUAGE = 'en-XA';

/** A language that the app speaks. */
export interface Language {
  /** BCP 47 tag, also given to `Intl` and to `<html lang>`. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly catalogue: Catalogue;
}

const ENGLISH: Language = { tag: 'en', direction: 'ltr', catalogue: en };
const PSEUDO: Language = {
  tag: PSEUDO_LANGUAGE,
  direction: 'ltr',
  catalogue: pseudoCatalogue(en),
};

/** Languages offered on the first screen, in the order in which they stand there. */
export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  { tag: 'de', direction: 'ltr', catalogue: de },
  { tag: 'ja', direction: 'ltr', catalogue: ja },
  { tag: 'ar', direction: 'rtl', catalogue: ar },
];

/** Finds what to speak for any BCP 47 tag: that tag, its language, or English. */
export function pickLanguage(tag: string): Language {
  if (tag === PSEUDO_LANGUAGE) return PSEUDO;
  const language = tag.split('-', 1)[0];
  return (
    LANGUAGES.find((offered) => offered.tag === tag) ??
    LANGUAGES.find((offered) => offered.tag === language) ??
    ENGLISH
  );
}

/** The language's name in itself (`Deutsch`), for someone who can read no other. */
export function languageName(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  // Some languages write their name small within a sentence; at the head of a line it begins one.
  return name.slice(0, 1).toLocaleUpperCase(tag) + name.slice(1);
}
