import type { ExecutionView, Json } from '#shared';
import { isFinal } from '../execution/records.ts';

/** An execution in short, for whoever polls: every field is there, whatever the state. */
export interface ExecutionStatusView {
  readonly executionId: string;
  readonly status: ExecutionView['status'];
  readonly startTime: string;
  readonly progress: number;
  readonly message: string;
  /** What its steps gave, once it has come to its end. */
  readonly result: {
    readonly outputs: { readonly [step: string]: { readonly [name: string]: Json } };
  } | null;
  readonly error: NonNullable<ExecutionView['error']> | null;
}

/** `GET /api/executions/{id}/status`. */
export function statusOf(view: ExecutionView): ExecutionStatusView {
  const { executionId, status, startTime, progress, message, error = null } = view;
  const result = isFinal(status) ? { outputs: outputsOf(view) } : null;
  return { executionId, status, startTime, progress, message, result, error };
}

/** Of a `forEach`, the lists of the step itself: what its items gave is in them. */
function outputsOf({ results, steps }: ExecutionView) {
  const items = new Set(steps.filter(({ partOf }) => partOf !== undefined).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(results)
      .filter(([step, { outputs }]) => !items.has(step) && Object.keys(outputs).length > 0)
      .map(([step, { outputs }]) => [step, outputs]),
  );
}
