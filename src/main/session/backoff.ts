/** Waits are in milliseconds. The first is up to one second, doubling, never over half a minute. */
const BASE_MS = 1_000;
const CAP_MS = 30_000;

/**
 * How long to wait before the next attempt: exponential backoff with full jitter, that is, anything
 * between nothing and the limit, so that many devices do not come back at once.
 * @param failures failed attempts in a row, from 1
 * @param random gives 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(failures: number, random: () => number): number {
  return Math.floor(random() * Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1)));
}
