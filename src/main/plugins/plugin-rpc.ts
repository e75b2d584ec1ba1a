import type {
  DeviceInfo,
  ErrorCode,
  ExecutionQuestion,
  Json,
  JsonObject,
  LogLevel,
  SerializedError,
  WorkProgress,
} from '#shared';
import type { WorkDone, WorkEvent } from '../execution/engine/step-performer.ts';
import type { StepScope } from '../execution/step-scope.ts';
import type { CommandSpec, StepGraphSpec } from '../execution/step-spec.ts';
import type { StepsKind } from './plugin-port.ts';

/** What the app and a plugin's process may ask of each other. Both sides are typed by this file. */

/** Longest message on the pipe, in bytes, envelope included. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** More than the envelope of any message has. */
export const ENVELOPE_BYTES = 256;
/** Characters of a failure's message; the rest is in the log. */
export const MAX_ERROR_LENGTH = 2000;

/**
 * Every answer is data: an exception that crosses a process border loses its class, name and code,
 * so that the other side could not tell a plugin's own failure from a broken pipe.
 */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly error: SerializedError;
      /** What to do about it. */
      readonly hint?: string;
    };

/** What a blank process needs to become a plugin. Paths are absolute. */
export interface StartRequest {
  readonly name: string;
  readonly root: string;
  /** Address of its module. */
  readonly main: string;
  readonly event?: string;
  readonly device: DeviceInfo;
  /** Its own folder to keep files in, where it has one. */
  readonly dataFolder?: string;
  /** Stands in the environment of the commands of its steps, so that they can be found and ended. */
  readonly commandMark?: string;
}

/** What the process found in the plugin's module. */
export interface StartedPlugin {
  readonly stepsKind: StepsKind;
  /** Names of answers that are secret. */
  readonly secretInputs: readonly string[];
  readonly routes: readonly string[];
  readonly defaultAnswers: JsonObject;
}

/** The steps that a plugin came to for its answers; `graph` has none where it has only `run`. */
export interface DeclaredPlugin {
  readonly kind: StepsKind;
  readonly graph: StepGraphSpec;
}

/** What every call of a step has. */
interface StepRequest {
  /** Names the call in what either side says of it. Unique in the life of the process. */
  readonly callId: number;
  readonly step: string;
  readonly attempt: number;
  readonly scope: StepScope;
}

/** Asks one of a step's functions. */
export interface AskStep extends StepRequest {
  readonly part: 'when' | 'forEach' | 'check' | 'verify';
}

/** Does a step's work, or undoes it. */
export interface PerformStep extends StepRequest {
  readonly part: 'work' | 'undo';
  /** What its work is, where it is no function. */
  readonly commands?: readonly CommandSpec[];
  /** Do all its commands need privileges? */
  readonly sudo?: boolean;
  /** Are exit code and output of its one command its outputs? */
  readonly givesOutcome?: boolean;
  /** Matches in its output are counted as updated packages. */
  readonly packagesPattern?: string;
}

/** What a step asks a person. */
export type StepQuestion = Omit<ExecutionQuestion, 'id' | 'stepName'>;

/** The plugin's process does it so; the app holds it to that. */
export const STEP_LIMITS = {
  /** Outputs and values of one call together, as JSON. */
  outputsBytes: 256 * 1024,
  /** Of an event's text. */
  textLength: 4096,
  /** Of the line for a person beside a progress. */
  messageLength: 500,
  /** Of a value's or a metric's name. */
  nameLength: 100,
  metrics: 50,
  /** To choose from in a question. */
  actions: 20,
} as const;

/** What the plugin's process does for the app. */
export interface PluginSide {
  /** Rehearses a start and a call in a spare process. `round` is another number each time. */
  warm(round: number): Promise<Reply<null>>;
  start(request: StartRequest): Promise<Reply<StartedPlugin>>;
  run(request: { readonly answers: JsonObject; readonly attempt: number }): Promise<Reply<null>>;
  /** Aborts the signal of the run under way. */
  cancel(): void;
  call(route: string, body: Json): Promise<Reply<Json>>;
  health(): Promise<Reply<Json>>;
  /** Calls what it declares as functions, and checks what came out. */
  describeSteps(request: { readonly answers: JsonObject }): Promise<Reply<DeclaredPlugin>>;
  askStep(request: AskStep): Promise<Reply<Json>>;
  performStep(request: PerformStep): Promise<Reply<WorkDone>>;
  /** Aborts the signal of one call. */
  cancelStep(callId: number): void;
  /** Calls `shutdown` and ends the process after the answer has left. */
  stop(): Promise<Reply<null>>;
}

/** What a storage holds for a key; no `value` where it holds nothing. */
export interface StoredValue {
  readonly value?: Json;
}

/** What the app does for a plugin's process: the first four without an answer. */
export interface HostSide {
  log(level: LogLevel, text: string): void;
  progress(work: WorkProgress): void;
  /** The last words of a process that ends because of an exception nobody caught. */
  fatal(error: SerializedError): void;
  /** What a call says, in order; all of it before its answer. */
  stepEvents(callId: number, events: readonly WorkEvent[]): void;
  /** Answered with the chosen action's id; `step/cancelled` when nobody will answer any more. */
  askPerson(callId: number, question: StepQuestion): Promise<Reply<string>>;
  storageGet(key: string): Promise<Reply<StoredValue>>;
  /** Answered when the change is on the disk. */
  storageSet(key: string, value: Json): Promise<Reply<null>>;
  storageDelete(key: string): Promise<Reply<null>>;
  storageKeys(): Promise<Reply<readonly string[]>>;
}
