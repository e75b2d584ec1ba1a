import { fail, type Failure, type Result } from '#shared';
import type { Timer } from '../clock.ts';

/** A time limit that is also ended by whoever asked for the work. */
export interface Budget {
  /** Aborted when the time is over or the asker's signal is. */
  readonly signal: AbortSignal;
  /** Resolves then with the reason; never, if it is stopped first. */
  readonly over: Promise<Result<never>>;
  /** The work is done: nothing is aborted any more, no timer left. */
  readonly stop: () => void;
}

/** Starts counting. Failures are `update/timeout`, or `plugin/cancelled` for the asker's signal. */
export function startBudget(request: {
  readonly clock: Timer;
  readonly ms: number;
  readonly signal: AbortSignal;
}): Budget {
  const { clock, ms, signal } = request;
  const abort = new AbortController();
  let stop = (): void => undefined;
  const over = new Promise<Result<never>>((resolve) => {
    const end = (failure: Failure): void => {
      stop();
      resolve(fail(failure));
      abort.abort();
    };
    const cancel = (): void => end(CANCELLED);
    const callOff = clock.after(ms, () => end(timeoutAfter(ms)));
    stop = () => {
      callOff();
      signal.removeEventListener('abort', cancel);
    };
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
  });
  return { signal: abort.signal, over, stop: () => stop() };
}

const CANCELLED: Failure = { code: 'plugin/cancelled', message: 'The update was cancelled.' };

function timeoutAfter(ms: number): Failure {
  return {
    code: 'update/timeout',
    message: `The update was not done after ${ms / 1000} seconds.`,
  };
}
