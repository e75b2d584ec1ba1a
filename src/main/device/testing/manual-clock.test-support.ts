import type { Timer } from '../../clock.ts';

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Timer {
  /** Moves on and calls what is due, earliest first. */
  advance(ms: number): void;
  /** How many calls are still to come. */
  readonly pending: number;
}

/** Makes a clock for one test. */
export function manualClock(): ManualClock {
  const waiting = new Set<{ readonly at: number; readonly call: () => void }>();
  let now = 0;
  return {
    after(ms, call) {
      const entry = { at: now + ms, call };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    advance(ms) {
      now += ms;
      const due = [...waiting].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      for (const entry of due) if (waiting.delete(entry)) entry.call();
    },
    get pending() {
      return waiting.size;
    },
  };
}
