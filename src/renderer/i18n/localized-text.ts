import type { LocalizedText } from '#shared';

/**
 * Picks a plan's text for a language: the exact tag, else its language, else English, else the first
 * that is there. Gives `undefined` for a table without any text. Tags compare without case, as
 * BCP 47 has it.
 */
export function pickText(text: LocalizedText, language: string): string | undefined {
  if (typeof text === 'string') return text;
  const wanted = language.toLowerCase();
  const texts = new Map(Object.entries(text).map(([tag, value]) => [tag.toLowerCase(), value]));
  return (
    texts.get(wanted) ??
    texts.get(wanted.split('-', 1)[0] ?? wanted) ??
    texts.get('en') ??
    [...texts.values()][0]
  );
}
