import type { Json } from './json.ts';

/** What crosses a border of executions and their steps: to screens, the control API, the command line. */

export const STEP_STATUSES = [
  'pending',
  'running',
  'completed',
  'failed',
  'skipped',
  'blocked',
  'cancelled',
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export const EXECUTION_STATUSES = [
  'pending',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** What a step came to. A skipped step is a success. */
export interface StepResult {
  readonly stepName: string;
  readonly success: boolean;
  readonly skipped: boolean;
  /** The end of what it wrote, 16 KiB at most, secrets replaced. */
  readonly output: string;
  readonly errorMessage?: string;
  /** Stands in the table of codes: `step/timeout`. */
  readonly errorCode?: string;
  readonly durationSeconds: number;
  /** How often its work was begun; 0 where it was skipped before. */
  readonly attempts: number;
  /** Named values for its dependents; those that are secret are missing here. */
  readonly outputs: { readonly [name: string]: Json };
  /** Counted from the output where the step says how. */
  readonly packagesUpdated?: number;
  readonly metrics?: { readonly [name: string]: number };
}

/** The state of a graph of steps, in the words of the plugin format. Times are RFC 3339. */
export interface StepExecutionState {
  readonly pluginName: string;
  readonly completedSteps: readonly string[];
  readonly currentSteps: readonly string[];
  readonly stepResults: { readonly [step: string]: StepResult };
  readonly startedAt: string;
  readonly lastUpdated: string;
}

/** What a run of steps says as it goes: JSON Lines under `--json`, the events of the control API. */
export type StepEvent =
  | {
      readonly type: 'StepStart';
      readonly stepName: string;
      /** From 1, in the declared order. */
      readonly stepNumber: number;
      readonly totalSteps: number;
      readonly stepDescription: string;
    }
  | {
      readonly type: 'StepOutput';
      readonly stepName: string;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  | {
      readonly type: 'StepProgress';
      readonly stepName: string;
      /** 0..100; absent while unknown. */
      readonly percent?: number;
      readonly message?: string;
    }
  | {
      readonly type: 'StepEnd';
      readonly stepName: string;
      readonly success: boolean;
      readonly skipped: boolean;
      readonly errorMessage?: string;
      readonly durationSeconds: number;
    };

/** Other things that happen to an execution. */
export type ExecutionStateEvent =
  | {
      readonly type: 'ExecutionStatus';
      readonly status: ExecutionStatus;
      readonly progress: number;
      readonly message?: string;
      readonly reason?: string;
    }
  | {
      readonly type: 'StepRetry';
      readonly stepName: string;
      readonly attempt: number;
      readonly delaySeconds: number;
      readonly errorMessage: string;
    }
  | { readonly type: 'StepStatus'; readonly stepName: string; readonly status: StepStatus }
  | { readonly type: 'StepStalled'; readonly stepName: string; readonly silentSeconds: number }
  | { readonly type: 'Question'; readonly question: ExecutionQuestion }
  | { readonly type: 'Answer'; readonly questionId: string; readonly action: string };

/** `id` grows within one execution and start of the app; it is what `Last-Event-ID` names. */
export type ExecutionEvent = {
  readonly id: string;
  readonly executionId: string;
  /** RFC 3339. */
  readonly time: string;
} & (StepEvent | ExecutionStateEvent);

/** Something that a step asks a person. Pending ones are seen on the screen and through the API. */
export interface ExecutionQuestion {
  readonly id: string;
  /** Empty where the app asks about the execution as a whole. */
  readonly stepName: string;
  /** What kind of question it is, for an answers file: `overwrite`. */
  readonly class: string;
  readonly text: string;
  /** The answers to choose from, in order: what is answered, and what a person reads. */
  readonly actions: readonly { readonly id: string; readonly label: string }[];
  /** The one that is taken where nobody is asked. */
  readonly default: string;
}

/**
 * The question of the app itself, of no step: what was begun has other steps now. Its actions are
 * `start-over` and `leave`.
 */
export const STEPS_CHANGED = 'steps-changed';

/** One step as screens, the API and the command line see it. */
export interface StepView {
  readonly name: string;
  readonly description: string;
  readonly status: StepStatus;
  /** 0..100, of the attempt under way; absent while unknown. */
  readonly percent?: number;
  /** The last line for a person. */
  readonly message?: string;
  /** RFC 3339; of the attempt under way or the last one. */
  readonly startedAt?: string;
  readonly durationSeconds?: number;
  readonly attempts: number;
  readonly errorMessage?: string;
  /** Why it was skipped, or why it does not run. */
  readonly reason?: string;
  /** It has said nothing for longer than its `heartbeatSeconds`. */
  readonly stalled?: boolean;
  /** It was under way when the power went, and must not run twice: a person retries or skips it. */
  readonly interrupted?: boolean;
  /** The container step that it is one item of. */
  readonly partOf?: string;
  readonly dependsOn: readonly string[];
}

/** One execution as screens, the API and the command line see it. Times are RFC 3339. */
export interface ExecutionView {
  readonly executionId: string;
  /** `plugin`, or the type of its work. */
  readonly type: string;
  /** Plugin name, or what it was called at its start. */
  readonly name: string;
  readonly status: ExecutionStatus;
  /** Why it stands so, where there is more to say: `cancelled`, `timeout`, `disk-full`, `steps-changed`. */
  readonly reason?: string;
  /** 0..100, whole, weighted; never goes back. */
  readonly progress: number;
  /** One line for a person. */
  readonly message: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly lastUpdated: string;
  readonly steps: readonly StepView[];
  /** What it came to, by step; of those that ended. */
  readonly results: { readonly [step: string]: StepResult };
  readonly error?: { readonly step?: string; readonly message: string; readonly code?: string };
  readonly questions: readonly ExecutionQuestion[];
}

/** What a screen is told: the results stay with the API. */
export type ExecutionOnScreen = Omit<ExecutionView, 'results'>;

/** An execution in a list. */
export type ExecutionSummary = Omit<ExecutionView, 'steps' | 'results' | 'questions'> & {
  readonly totalSteps: number;
  readonly endedSteps: number;
};

/** Who did something, and from where. */
export interface Actor {
  /** `person` at the screen, `api`, `cli`, `flow`, `engine`. */
  readonly who: string;
  /** An address, a program: `127.0.0.1`. */
  readonly from?: string;
}

/** One line of the audit trail. */
export interface AuditEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly actor: Actor;
  /** `start`, `pause`, `resume`, `stop`, `skip`, `retry`, `run`, `answer`. */
  readonly action: string;
  readonly step?: string;
  readonly detail?: string;
}

/** What can be done to an execution under way. */
export type ExecutionControl =
  | { readonly type: 'pause' }
  /** `from`: that step and its transitive dependents run (again), everything else keeps its result. */
  | { readonly type: 'resume'; readonly from?: string }
  | { readonly type: 'stop'; readonly reason?: 'cancelled' | 'timeout' }
  | { readonly type: 'skip'; readonly step: string }
  | { readonly type: 'retry'; readonly step: string }
  | { readonly type: 'run'; readonly step: string };
