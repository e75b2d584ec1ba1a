import type { Stage } from '#shared';
import { useEffect, useState } from 'react';
import { FLASH_MS } from './timing.ts';

/** What to draw, and whether it is still what the host shows. */
export interface SettledStage {
  readonly shown: Stage;
  readonly settled: boolean;
}

/**
 * Keeps the last screen up while work goes on that ends within moments, however many plugins it is
 * made of, so that quick headless work between two screens does not flash up as a screen of its own.
 */
export function useSettledStage(stage: Stage): SettledStage {
  const [last, setLast] = useState(stage);
  const [waited, setWaited] = useState(false);
  const working = stage.kind === 'working';
  if (!working && last !== stage) setLast(stage);
  if (!working && waited) setWaited(false);

  useEffect(() => {
    if (!working) return;
    const timer = setTimeout(() => setWaited(true), FLASH_MS);
    return () => clearTimeout(timer);
  }, [working]);

  const shown = working && !waited ? last : stage;
  return { shown, settled: shown === stage };
}
