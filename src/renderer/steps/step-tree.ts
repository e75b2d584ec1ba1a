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
    ({ status, interrupted }) => status === 'running' || status === 'failed' || interrupted,
  );
}

/** How many items of a container need nothing more. */
export function endedCount({ children }: StepRow): number {
  return children.filter(({ status }) => status !== 'pending' && status !== 'running').length;
}

/** What is really at work: a container only while none of its items is. */
export function stepsAtWork(steps: readonly StepView[]): readonly StepView[] {
  const running = steps.filter(({ status }) => status === 'running');
  const busy = new Set(running.map(({ partOf }) => partOf));
  return running.filter(({ name }) => !busy.has(name));
}

/** The step to speak of, where several are at work: the one that began last. */
export function newestStep(steps: readonly StepView[]): StepView | undefined {
  return stepsAtWork(steps).reduce<StepView | undefined>(
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

function startOf({ startedAt }: StepView): number {
  return startedAt === undefined ? 0 : Date.parse(startedAt);
}
