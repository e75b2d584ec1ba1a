import type { ErrorCode, Json, JsonObject, Result } from '#shared';
import type { WorkEvent } from '../execution/engine/step-performer.ts';
import type { WorkItem } from '../execution/step-spec.ts';

/** Does one kind of work: section 5 of the contract of executions. */
export interface WorkExecutor {
  /** Never rejects for what the work did; stops at the abort of `context.signal`, at the latest by force. */
  execute(work: WorkItem, context: WorkContext): Promise<WorkResult>;
  /**
   * Every problem of the work's `config`, with its JSON pointer; secrets are left out. Strings may still
   * hold `${{ }}`, whose values are not known yet.
   */
  validate(work: WorkItem): readonly WorkProblem[];
  /** JSON Schema of the `config` of a type. */
  getSchema(type?: string): JsonObject;
  getMetadata(): ExecutorMetadata;
  canExecute(type: string): boolean;
  getSupportedTypes(): readonly string[];
}

export interface WorkContext {
  readonly executionId: string;
  readonly stepName: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WorkEvent) => void;
  /**
   * Hears every line of output, for counting, from executors whose `onEvent` says only so many in a
   * second. Others need not call it.
   */
  readonly onLine?: (line: string) => void;
}

export interface WorkResult {
  readonly success: boolean;
  readonly outputs: JsonObject;
  readonly logs: readonly { readonly level: 'info' | 'warn' | 'error'; readonly text: string }[];
  readonly metrics: { readonly durationSeconds: number; readonly [name: string]: number };
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly details?: Json };
}

export interface WorkProblem {
  /** Into the `config`: `/cmd/0`. */
  readonly pointer: string;
  readonly message: string;
}

export interface ExecutorMetadata {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** An executor as the registry lists it. */
export interface ListedExecutor extends ExecutorMetadata {
  /** Types of work that it does. */
  readonly types: readonly string[];
}

/** Executors by the types of work that they do. */
export interface WorkRegistry {
  /** A second executor of a type is refused. */
  register(executor: WorkExecutor): Result<void>;
  unregister(name: string): boolean;
  get(type: string): WorkExecutor | undefined;
  list(): readonly ListedExecutor[];
  /**
   * Against the executor's schema, then by its `validate`; an unknown type is one problem. `resolved`:
   * no string holds a `${{ }}` any more that could still become what the schema wants.
   */
  validateWork(work: WorkItem, stage?: 'declared' | 'resolved'): readonly WorkProblem[];
}
