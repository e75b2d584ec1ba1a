import { useEffect, useState } from 'react';
import { useI18n } from '../setup-context.tsx';

const SECOND_MS = 1_000;

/**
 * How long it has gone on. Ticks for the eye only: a timer's region is not read out. `since` is RFC
 * 3339; with another one it must be another component (`key`).
 */
export function Elapsed({ since }: { readonly since: string }) {
  const { t, stopwatch } = useI18n();
  const seconds = useSecondsSince(since);
  return (
    <span role="timer" data-part="elapsed">
      {t('steps.elapsed', { time: stopwatch(seconds) })}
    </span>
  );
}

/** The clock is looked at once: a device that finds the network sets it, by years at times. */
function useSecondsSince(since: string): number {
  const [before] = useState(() => Math.max(0, Date.now() - Date.parse(since)));
  const [own, setOwn] = useState(0);
  useEffect(() => {
    const mounted = performance.now();
    const timer = setInterval(() => setOwn(performance.now() - mounted), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return (before + own) / SECOND_MS;
}
