import { reasonOf, type Failure, type Result } from '#shared';
import type { StepPerformer, WorkDone, WorkEvent } from '../../execution/engine/step-performer.ts';
import type { StartBatchRequest, WorkRequest } from '../request-schemas.ts';

/** What is done when a piece of work fails. */
export interface FailureHandling {
  /** Done first; then what failed is tried once more. */
  readonly retryActions: readonly WorkRequest[];
  /** Done when it stays failed. */
  readonly failureActions: readonly WorkRequest[];
}

type WorkCall = Parameters<StepPerformer['perform']>[0];

/**
 * Does the steps of a batch with another performer, and what is to be done where one fails. An action
 * that fails itself is told in the output of the step, and hinders nothing.
 */
export function batchPerformer(inner: StepPerformer, handling: FailureHandling): StepPerformer {
  const act = async (call: WorkCall, actions: readonly WorkRequest[]): Promise<void> => {
    for (const { type, config, name = type } of actions) {
      if (call.signal.aborted) return;
      call.onEvent({ type: 'progress', message: name });
      const done = await inner.perform({
        ...call,
        item: { type, config },
        onEvent: (event) => passOn(event, call.onEvent),
      });
      if (!done.ok) call.onEvent(told(name, done.failure));
    }
  };

  const perform = async (call: WorkCall): Promise<Result<WorkDone>> => {
    const { retryActions, failureActions } = handling;
    let done = await inner.perform(call);
    if (call.part === 'undo') return done;
    if (!done.ok && retryActions.length > 0) {
      await act(call, retryActions);
      if (!call.signal.aborted) done = await inner.perform(call);
    }
    if (!done.ok) await act(call, failureActions);
    return done;
  };

  return { ask: (call) => inner.ask(call), perform };
}

/** The performer of the steps of a batch that the control API was asked for. */
export function batchPerformerOf(
  { retryActions = [], failureActions = [] }: StartBatchRequest,
  inner: StepPerformer,
): StepPerformer {
  return batchPerformer(inner, { retryActions, failureActions });
}

/** Values and figures are those of the work, never of an action. */
function passOn(event: WorkEvent, onEvent: (event: WorkEvent) => void): void {
  if (event.type === 'output') onEvent(event);
  else if (event.type === 'progress' && event.message !== undefined)
    onEvent({ type: 'progress', message: event.message });
}

function told(name: string, failure: Failure): WorkEvent {
  const text = `${name}: ${reasonOf(failure)}: ${failure.message}\n`;
  return { type: 'output', stream: 'stderr', text };
}
