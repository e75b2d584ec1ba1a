import type { ExecutionOnScreen, StepView } from '#shared';

/** A step as a line of the list, with the items of a container below it. */
export interface StepRow {
  readonly step: StepView;
  readonly children: readonly StepView[];
}

/** Puts items below their container, both in declared order. An item without one stands by itself. */
export function stepRows(steps: readonly StepView[]): readonly StepRow[] {
  const names = new Set(steps.map(({ name }) => name));
  const isItem = ({ partOf }: StepView) => partOf !== undefined && names.has(partOf);
  const items = steps.filter(isItem);
  return steps
    .filter((step) => !isItem(step))
    .map((step) => ({ step, children: items.filter(({ partOf }) => partOf === step.name) }));
}

/** Items that a person should see one by one; of the others their number is enough. */
export function notableChildren({ children }: StepRow): readonly StepView[] {
  return children.filter(
    (step) => isAtWork(step) || step.status === 'failed' || step.interrupted === true,
  );
}

/** How many items of a container need nothing more. */
export function endedCount({ children }: StepRow): number {
  return children.filter(({ status }) => status !== 'pending' && status !== 'running').length;
}

/**
 * It waits between two attempts. One that is to be done over has begun before as well, but nothing
 * went wrong with it.
 */
export function waitsForRetry(step: StepView): boolean {
  const { status, attempts, errorMessage, interrupted } = step;
  return status === 'pending' && attempts > 0 && errorMessage !== undefined && interrupted !== true;
}

/** The attempt to speak of, where it is not the first: the one under way, or the one that comes. */
export function laterAttempt(step: StepView): number | undefined {
  if (waitsForRetry(step)) return step.attempts + 1;
  return step.status === 'running' && step.attempts > 1 ? step.attempts : undefined;
}

/**
 * What is really at work, or will be again in a moment: a container only while none of its items is.
 * What runs comes before what waits for its next attempt.
 */
export function stepsAtWork(steps: readonly StepView[]): readonly StepView[] {
  const active = steps.filter(isAtWork);
  const busy = new Set(active.map(({ partOf }) => partOf));
  const own = active.filter(({ name }) => !busy.has(name));
  return [...own.filter(isRunning), ...own.filter(waitsForRetry)];
}

/** The step to speak of, where several are under way: the one that began last. */
export function newestStep(steps: readonly StepView[]): StepView | undefined {
  return stepsAtWork(steps)
    .filter(isRunning)
    .reduce<StepView | undefined>(
      (newest, step) => (newest !== undefined && startOf(newest) >= startOf(step) ? newest : step),
      undefined,
    );
}

/** The step that made the execution fail. */
export function failedStep({ steps, error }: ExecutionOnScreen): StepView | undefined {
  const named = steps.find(({ name }) => name === error?.step);
  return named ?? steps.find(({ status }) => status === 'failed');
}

/** How long it went, or has gone on until it was last heard of. At least 0, as clocks can be set. */
export function secondsOf({ startTime, endTime, lastUpdated }: ExecutionOnScreen): number {
  const milliseconds = Date.parse(endTime ?? lastUpdated) - Date.parse(startTime);
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds / 1_000) : 0;
}

function isAtWork(step: StepView): boolean {
  return isRunning(step) || waitsForRetry(step);
}

function isRunning({ status }: StepView): boolean {
  return status === 'running';
}

function startOf({ startedAt }: StepView): number {
  return startedAt === undefined ? 0 : Date.parse(startedAt);
}
