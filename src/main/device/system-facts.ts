import { DEFAULT_PREFERENCES, type Preferences } from '#shared';

/** What the machine can tell of where it is. A guess to start from; never a serial number. */
export interface SystemFacts extends Pick<Preferences, 'language' | 'region'> {
  /** IANA name such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** Reads the machine's own settings. */
export function systemFacts(): SystemFacts {
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return guessFacts({ locale, timeZone });
}

/**
 * Language and region of a locale tag; a tag without a region has its language's most likely one
 * (`ja` is at home in `JP`), and one for several countries (`es-419`) the default. A machine that
 * was told nothing says `en-US` and `UTC`.
 */
export function guessFacts(given: {
  readonly locale: string;
  readonly timeZone: string;
}): SystemFacts {
  const locale = new Intl.Locale(given.locale);
  const { language, script } = locale;
  const region = locale.region ?? locale.maximize().region;
  return {
    // A script that was named matters: `zh-Hant` is not read by everyone who reads `zh`.
    language: script === undefined ? language : `${language}-${script}`,
    region: region !== undefined && COUNTRY.test(region) ? region : DEFAULT_PREFERENCES.region,
    timeZone: given.timeZone,
  };
}

const COUNTRY = /^[A-Z]{2}$/;
