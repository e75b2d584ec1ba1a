import type { Timer } from '../clock.ts';

/** What `within` gives when the time is over. */
export const LATE = Symbol('late');

/** Waits for `promise`, but no longer than `ms`; then the value is `LATE`. */
export async function within<T>(
  promise: Promise<T>,
  ms: number,
  timer: Timer,
): Promise<T | typeof LATE> {
  let cancel = (): void => undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    cancel = timer.after(ms, () => resolve(LATE));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
