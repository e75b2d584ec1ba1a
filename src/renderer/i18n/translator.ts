import type { LocalizedText } from '#shared';
import { IntlMessageFormat } from 'intl-messageformat';
import type { KeyWithValues, MessageKey, MessageValues, PlainKey } from './catalogue.ts';
import { durationsIn, type Durations } from './durations.ts';
import { pickLanguage, type Language } from './languages.ts';
import { pickText } from './localized-text.ts';

/** Turns keys and values into what a person reads, in one language. */
export interface Translator extends Durations {
  readonly language: Language;
  /** A message of the catalogue; its values are checked by type. */
  readonly t: {
    (key: PlainKey): string;
    <K extends KeyWithValues>(key: K, values: MessageValues[K]): string;
  };
  /** A plan's own text; `undefined` where the plan gives none. */
  readonly text: (text: LocalizedText | undefined) => string | undefined;
  /** A share, 0..1, as percent. */
  readonly percent: (share: number) => string;
  /** A region by its ISO 3166-1 code, such as `DE`. */
  readonly regionName: (code: string) => string;
}

const translators = new Map<string, Translator>();

/** The translator for a BCP 47 tag. Made once per language, since parsing ICU costs. */
export function translatorFor(tag: string): Translator {
  const language = pickLanguage(tag);
  const known = translators.get(language.tag);
  if (known !== undefined) return known;
  const made = createTranslator(language);
  translators.set(language.tag, made);
  return made;
}

function createTranslator(language: Language): Translator {
  const formats = new Map<MessageKey, IntlMessageFormat>();
  const regions = new Intl.DisplayNames([language.tag], { type: 'region' });
  const percents = new Intl.NumberFormat(language.tag, { style: 'percent' });

  const formatOf = (key: MessageKey): IntlMessageFormat => {
    const known = formats.get(key);
    if (known !== undefined) return known;
    // Plain text: a plan's own `<b>` or a maker's brand name must not be read as a tag.
    const made = new IntlMessageFormat(language.catalogue[key], language.tag, undefined, {
      ignoreTag: true,
    });
    formats.set(key, made);
    return made;
  };
  const t = (key: MessageKey, values?: MessageValues[KeyWithValues]): string =>
    String(formatOf(key).format({ ...values }));

  return {
    language,
    t,
    text: (text) => (text === undefined ? undefined : pickText(text, language.tag)),
    ...durationsIn(language.tag),
    percent: (share) => percents.format(share),
    regionName: (code) => regions.of(code) ?? code,
  };
}
