import type {
  Actor,
  ExecutionControl,
  ExecutionQuestion,
  ExecutionStatus,
  Json,
  StepResult,
} from '#shared';

/**
 * What is written down of an execution, in this order and nowhere else: the machine decides records,
 * the journal keeps them, and folding them gives the state again. `at` is Unix milliseconds.
 */
export type ExecutionRecord =
  /** A step is about to begin an attempt. On the disk before its `when`, `check` or work is begun. */
  | {
      readonly type: 'step.running';
      readonly step: string;
      readonly attempt: number;
      readonly at: number;
    }
  /** Only of steps that must not run twice and have `when` or `check`: now its work begins. */
  | { readonly type: 'step.working'; readonly step: string }
  /** Children `name[0]`, `name[1]`, … come to be, one per item. */
  | { readonly type: 'step.expanded'; readonly step: string; readonly items: readonly Json[] }
  /** An attempt failed and another follows after the wait. */
  | {
      readonly type: 'step.waiting';
      readonly step: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: string;
      readonly at: number;
    }
  | {
      readonly type: 'step.ended';
      readonly step: string;
      readonly status: 'completed' | 'failed' | 'skipped' | 'cancelled';
      readonly result: StepResult;
      /** Why it was skipped: `check`, `when`, `person`, `empty`, `interrupted`. */
      readonly reason?: string;
      /** Names of outputs that are secret, and so are kept nowhere. */
      readonly secretOutputs?: readonly string[];
      readonly at: number;
    }
  /** Steps that will not run in this course of things, without having begun. */
  | {
      readonly type: 'steps.settled';
      readonly status: 'blocked' | 'cancelled';
      readonly steps: readonly string[];
      readonly at: number;
    }
  /** Back to `pending`, results forgotten: a retry, `resume` with `from`, or lost secrets. */
  | { readonly type: 'steps.reset'; readonly steps: readonly string[]; readonly at: number }
  /** They were under way at a crash and may run again: pending, and the attempt does not count. */
  | { readonly type: 'steps.recovered'; readonly steps: readonly string[]; readonly at: number }
  /** It was under way at a crash and must not run twice: it waits for a person. */
  | { readonly type: 'step.interrupted'; readonly step: string; readonly at: number }
  | { readonly type: 'undo.began'; readonly step: string; readonly at: number }
  | {
      readonly type: 'undo.ended';
      readonly step: string;
      readonly success: boolean;
      readonly error?: string;
      readonly at: number;
    }
  /** Reported progress within steps, whole percent of the execution. */
  | { readonly type: 'progress'; readonly percent: number }
  | {
      readonly type: 'status';
      readonly status: ExecutionStatus;
      readonly reason?: string;
      readonly at: number;
    }
  | {
      readonly type: 'controlled';
      readonly control: ExecutionControl;
      readonly actor: Actor;
      readonly at: number;
    }
  | { readonly type: 'asked'; readonly question: ExecutionQuestion; readonly at: number }
  | {
      readonly type: 'answered';
      readonly questionId: string;
      readonly action: string;
      readonly actor: Actor;
      readonly at: number;
    };

/** A status in which nothing more happens by itself. */
export function isFinal(status: ExecutionStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
