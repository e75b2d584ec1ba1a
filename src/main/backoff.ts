/** Waits are in milliseconds. The first is up to `baseMs`, doubling, never over `capMs`. */
export interface BackoffLimits {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * How long to wait before the next attempt: exponential backoff with full jitter, that is, anything
 * between nothing and the limit, so that many devices do not come back at once.
 * @param failures failed attempts in a row, from 1
 * @param random gives 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(
  failures: number,
  random: () => number,
  { baseMs, capMs }: BackoffLimits,
): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** (failures - 1)));
}
