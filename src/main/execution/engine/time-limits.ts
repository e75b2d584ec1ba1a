/** Seconds, as section 3 of the contract of executions has them. Types that are not here have no limit. */
const TIME_LIMITS = new Map<string, number>([
  ['action', 30],
  ['block', 30],
  ['verification', 30],
  ['navigation', 60],
  ['testcase', 600],
  ['campaign', 7_200],
]);

/** How long an execution of a type may take where nobody says otherwise, in seconds; `undefined`: any time. */
export function timeLimitOf(type: string): number | undefined {
  return TIME_LIMITS.get(type);
}
