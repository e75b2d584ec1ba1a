/** The clock of the plugin host, as a port, so that tests drive time limits instead of waiting. */
export interface Timers {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls back once after `ms`; the returned function calls that off. */
  after(ms: number, call: () => void): () => void;
}

/** The machine's own clock. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** What `within` gives when the time is over. */
export const LATE = Symbol('late');

/** Waits for `promise`, but no longer than `ms`; then the value is `LATE`. */
export async function within<T>(
  promise: Promise<T>,
  ms: number,
  timers: Timers,
): Promise<T | typeof LATE> {
  let cancel = (): void => undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    cancel = timers.after(ms, () => resolve(LATE));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
