import type { Timer } from '../clock.ts';

/** A clock that stands still until the test moves it. */
export interface ManualTimer extends Timer {
  /** Moves on and calls what is due, in order. */
  advance(ms: number): void;
  /** Resolves as soon as somebody waits for exactly `ms`, at once if somebody does already. */
  whenWaiting(ms: number): Promise<void>;
  /** How many are waiting. */
  readonly pending: number;
}

/** Makes a clock for one test. */
export function manualTimer(): ManualTimer {
  const waiting = new Set<{
    readonly at: number;
    readonly ms: number;
    readonly call: () => void;
  }>();
  const watchers = new Set<{ readonly ms: number; readonly call: () => void }>();
  let now = 0;
  return {
    after(ms, call) {
      const entry = { at: now + ms, ms, call };
      waiting.add(entry);
      for (const watcher of watchers) if (watcher.ms === ms) watcher.call();
      return () => waiting.delete(entry);
    },
    advance(ms) {
      now += ms;
      const due = [...waiting].filter((entry) => entry.at <= now).sort((a, b) => a.at - b.at);
      for (const entry of due) if (waiting.delete(entry)) entry.call();
    },
    whenWaiting(ms) {
      if ([...waiting].some((entry) => entry.ms === ms)) return Promise.resolve();
      return new Promise((resolve) => {
        const watcher = {
          ms,
          call: () => {
            watchers.delete(watcher);
            resolve();
          },
        };
        watchers.add(watcher);
      });
    },
    get pending() {
      return waiting.size;
    },
  };
}
