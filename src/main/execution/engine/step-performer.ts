import type { ExecutionQuestion, Json, JsonObject, Result } from '#shared';
import type { StepScope } from '../step-scope.ts';
import type { CommandSpec, StepSpec, WorkItem } from '../step-spec.ts';

/**
 * Where the code of steps lives: a plugin's process, the executors of the app, or a test. It does what
 * it is asked, one call at a time per step, and decides nothing.
 */
export interface StepPerformer {
  /** Asks one of a step's functions. `when`, `check`, `verify`: true or false; `forEach`: a list. */
  ask(
    call: StepCall & { readonly part: 'when' | 'forEach' | 'check' | 'verify' },
  ): Promise<Result<Json>>;
  /**
   * Does a step's work, or undoes it. Always settles: once the signal is aborted, within the grace
   * period, after whatever does not listen was killed. Failures are `step/…` or `plugin/…`.
   */
  perform(call: StepCall & { readonly part: 'work' | 'undo' }): Promise<Result<WorkDone>>;
}

export interface StepCall {
  readonly executionId: string;
  readonly step: StepSpec;
  /** What of `step.work` is data, with every `${{ }}` resolved: only what its kind has. */
  readonly commands?: readonly CommandSpec[];
  readonly item?: WorkItem;
  /** From 1. */
  readonly attempt: number;
  readonly scope: StepScope;
  readonly signal: AbortSignal;
  /** Everything that the step says, in order, before the promise settles. */
  readonly onEvent: (event: WorkEvent) => void;
  /**
   * Asks a person; resolves to the id of the action that was chosen. Rejects when called off, and with
   * a `QuestionProblem` where such a question must not be asked.
   */
  readonly askPerson: (question: Omit<ExecutionQuestion, 'id' | 'stepName'>) => Promise<string>;
}

/** Why a question is not asked, in words that follow the step's name: a `step/bad-value` of the step. */
export class QuestionProblem extends Error {}

/** What a step says while it works. */
export type WorkEvent =
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'progress'; readonly percent?: number; readonly message?: string }
  | {
      readonly type: 'value';
      readonly name: string;
      readonly value: Json;
      readonly secret?: boolean;
    }
  | { readonly type: 'metric'; readonly name: string; readonly value: number };

/** What work came to, beside what its events said. */
export interface WorkDone {
  readonly outputs?: JsonObject;
  readonly packagesUpdated?: number;
}
