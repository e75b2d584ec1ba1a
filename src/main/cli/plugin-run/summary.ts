import type { ExecutionView } from '#shared';
import { escapeUnsafe } from '../../plan/words.ts';
import { durationWords } from './words.ts';

/** What a run came to, in one line: `greeting: completed in 3.2 s, 3 steps done, 1 skipped`. Pure. */
export function summaryLine(view: ExecutionView, seconds: number): string {
  if (view.steps.length === 0) return `${escapeUnsafe(view.name)}: it has no work to run`;
  const steps = view.steps.filter(({ partOf }) => partOf === undefined);
  const count = (...statuses: readonly string[]): number =>
    steps.filter(({ status }) => statuses.includes(status)).length;
  const done = count('completed');
  const packages = Object.values(view.results).reduce(
    (sum, { packagesUpdated = 0 }) => sum + packagesUpdated,
    0,
  );
  const facts: readonly (readonly [number, string])[] = [
    [count('skipped'), 'skipped'],
    [count('failed'), 'failed'],
    [count('blocked', 'cancelled', 'pending'), 'not run'],
  ];
  return [
    `${escapeUnsafe(view.name)}: ${view.status} in ${durationWords(seconds)}`,
    `${done} ${done === 1 ? 'step' : 'steps'} done`,
    ...facts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`),
    ...(packages === 0 ? [] : [`${packages} ${packages === 1 ? 'package' : 'packages'} updated`]),
  ].join(', ');
}

/** That a run goes on, and with what. */
export function goingOnLine({ name, steps }: ExecutionView): string {
  const whole = steps.filter(({ partOf }) => partOf === undefined);
  const done = whole.filter(({ status }) => status === 'completed' || status === 'skipped').length;
  return `Going on with ${escapeUnsafe(name)}: ${done} of ${whole.length} steps are done.`;
}
