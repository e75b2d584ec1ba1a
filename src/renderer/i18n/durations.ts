/// <reference lib="es2025.intl" />

/** How long something takes or took, in one language. */
export interface Durations {
  /** Seconds as a clock that runs: `03:07`, `1:03:07`. */
  readonly stopwatch: (seconds: number) => string;
  /** Seconds in short words, for technicians: `3m 7s`, and tenths under ten: `0.4s`. */
  readonly duration: (seconds: number) => string;
}

/** Makes them for a BCP 47 tag. */
export function durationsIn(tag: string): Durations {
  const clock = new Intl.DurationFormat(tag, { style: 'digital', hoursDisplay: 'auto' });
  const short = new Intl.DurationFormat(tag, { style: 'narrow' });
  const tenths = new Intl.DurationFormat(tag, {
    style: 'narrow',
    secondsDisplay: 'always',
    milliseconds: 'numeric',
    fractionalDigits: 1,
  });
  return {
    stopwatch: (seconds) => clock.format(unitsOf(Math.floor(seconds))),
    duration: (seconds) => {
      if (seconds >= 10) return short.format(unitsOf(Math.round(seconds)));
      return tenths.format({ milliseconds: Math.round(seconds * 1_000) });
    },
  };
}

function unitsOf(seconds: number) {
  const minutes = Math.floor(seconds / 60);
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60, seconds: seconds % 60 };
}
