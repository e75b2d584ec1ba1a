import type { Json, JsonObject } from '#shared';

/**
 * A step as the engine knows it: all data, functions replaced by what there is of them (`has`).
 * Defaults are filled in. Section 1 of the contract of executions has the meaning of each field.
 */
export interface StepSpec {
  /** Unique in its graph. */
  readonly name: string;
  /** What a person reads while it runs. */
  readonly description: string;
  readonly work: StepWork;
  /** Names that must have completed or been skipped. */
  readonly dependsOn: readonly string[];
  /** Held while the step runs; shared across all executions of the device. */
  readonly mutexes: readonly string[];
  /** May it be run again after an interruption? */
  readonly idempotent: boolean;
  /** Which functions its code has; the performer is asked for them. */
  readonly has: {
    readonly when: boolean;
    readonly forEach: boolean;
    readonly check: boolean;
    readonly verify: boolean;
    readonly undo: boolean;
  };
  /** An expression; false skips. Not beside `has.when`. */
  readonly when?: string;
  /** The items, or one reference that gives a list. Not beside `has.forEach`. */
  readonly forEach?: readonly Json[] | string;
  /** Runs at the end whatever happened. */
  readonly always: boolean;
  /** Of one attempt of its work. */
  readonly timeoutSeconds?: number;
  readonly retry: RetryPolicy;
  readonly onError: 'stop' | 'continue';
  readonly sudo: boolean;
  /** Share of the progress bar. Absent: learned from earlier durations, else 1. */
  readonly weight?: number;
  readonly heartbeatSeconds?: number;
  /** A regular expression: each match in the output is an updated package. */
  readonly packagesPattern?: string;
}

/** Exactly one of the three. */
export type StepWork =
  | { readonly kind: 'commands'; readonly commands: readonly CommandSpec[] }
  | { readonly kind: 'run' }
  | { readonly kind: 'work'; readonly item: WorkItem };

/** Work for an executor. Strings in `config` may hold `${{ }}`. */
export interface WorkItem {
  readonly type: string;
  readonly config: JsonObject;
}

export interface RetryPolicy {
  /** From 1: no retry. */
  readonly maxAttempts: number;
  /** Exponential with full jitter: up to `initialSeconds`, doubling, never over `maxSeconds`. */
  readonly backoff: { readonly initialSeconds: number; readonly maxSeconds: number };
}

/** A command. Only `cmd` is required; strings in `cmd`, `env` and `cwd` may hold `${{ }}`. */
export interface CommandSpec {
  /** Program and arguments, never a shell string. */
  readonly cmd: readonly string[];
  readonly description?: string;
  readonly sudo?: boolean;
  readonly timeoutSeconds?: number;
  readonly phase?: 'check' | 'download' | 'execute';
  readonly stepName?: string;
  /** From 1. */
  readonly stepNumber?: number;
  readonly totalSteps?: number;
  /** Exit codes other than 0 that pass. */
  readonly ignoreExitCodes?: readonly number[];
  /** Regular expressions: a match in the output fails a command that exits 0. */
  readonly errorPatterns?: readonly string[];
  /** Regular expressions: a match in the output passes a command that exits otherwise. */
  readonly successPatterns?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly cwd?: string;
}

/** What one execution runs, before it was checked. */
export interface StepGraphSpec {
  readonly steps: readonly StepSpec[];
  /** Steps at a time; 1 gives strict order. */
  readonly concurrency: number;
  /** Does a failure undo what was done? */
  readonly rollback: boolean;
}

export const DEFAULT_CONCURRENCY = 4;
/** One attempt; between attempts, where a step wants more, as between those of a plugin. */
export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 1,
  backoff: { initialSeconds: 1, maxSeconds: 30 },
};
