import type { ClientLocale, ClientTheme, Preferences, ThemeToken } from '#shared';
import { THEME_TOKENS } from '#shared';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { pickLanguage } from './i18n/languages.ts';
import { translatorFor } from './i18n/translator.ts';

const DARK = '(prefers-color-scheme: dark)';
const STILL = '(prefers-reduced-motion: reduce)';

/** `--text-scale` of the style sheet, which the plugin's frame is told as a number. */
const TEXT_SCALES = { normal: 1, large: 1.25, larger: 1.5 } as const;

/** How things look, with the system's wishes where a person has none. */
export interface Appearance {
  readonly colorScheme: 'light' | 'dark';
  readonly textScale: number;
  readonly highContrast: boolean;
  readonly reducedMotion: boolean;
}

/** Follows the preferences and the system. */
export function useResolvedAppearance(preferences: Preferences): Appearance {
  const dark = useMedia(DARK);
  const still = useMedia(STILL);
  const system = dark ? 'dark' : 'light';
  return {
    colorScheme: preferences.colorScheme === 'system' ? system : preferences.colorScheme,
    textScale: TEXT_SCALES[preferences.textSize],
    highContrast: preferences.highContrast,
    reducedMotion: preferences.reducedMotion || still,
  };
}

/** Puts language and appearance on the document, where the style sheet reads them. */
export function useAppearance(preferences: Preferences): void {
  const appearance = useResolvedAppearance(preferences);
  const { colorScheme, highContrast, reducedMotion } = appearance;
  const { textSize, language } = preferences;
  // Before painting, and before the effects of the screens, which read the tokens.
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    dataset['colorScheme'] = colorScheme;
    dataset['textSize'] = textSize;
    dataset['highContrast'] = String(highContrast);
    dataset['reducedMotion'] = String(reducedMotion);
  }, [colorScheme, textSize, highContrast, reducedMotion]);
  useLayoutEffect(() => {
    const { tag, direction } = pickLanguage(language);
    document.documentElement.lang = tag;
    document.documentElement.dir = direction;
    document.title = translatorFor(language).t('app.title');
  }, [language]);
}

/** The tokens as they are now, ready for another document. */
export function readTheme(appearance: Appearance): ClientTheme {
  const style = getComputedStyle(document.documentElement);
  const values = THEME_TOKENS.map(
    (token) => [token, style.getPropertyValue(token).trim()] as const,
  );
  const tokens: { [token in ThemeToken]?: string } = Object.fromEntries(values);
  return { tokens, ...appearance };
}

/** The language as a plugin's screen is told it. */
export function localeOf(preferences: Preferences): ClientLocale {
  const { tag, direction } = pickLanguage(preferences.language);
  return { language: tag, region: preferences.region, direction };
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}
