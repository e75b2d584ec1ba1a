import type {
  DeviceInfo,
  ErrorCode,
  Json,
  JsonObject,
  LogLevel,
  SerializedError,
  WorkProgress,
} from '#shared';

/** What the app and a plugin's process may ask of each other. Both sides are typed by this file. */

/** Longest message on the pipe, in bytes, envelope included. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** More than the envelope of any message has. */
export const ENVELOPE_BYTES = 256;

/**
 * Every answer is data: an exception that crosses a process border loses its class, name and code,
 * so that the other side could not tell a plugin's own failure from a broken pipe.
 */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly error: SerializedError };

/** What a blank process needs to become a plugin. Paths are absolute. */
export interface StartRequest {
  readonly name: string;
  readonly root: string;
  /** Address of its module. */
  readonly main: string;
  readonly event?: string;
  readonly device: DeviceInfo;
}

/** What the process found in the plugin's module. */
export interface StartedPlugin {
  readonly hasWork: boolean;
  readonly routes: readonly string[];
  readonly defaultAnswers: JsonObject;
}

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
  /** Calls `shutdown` and ends the process after the answer has left. */
  stop(): Promise<Reply<null>>;
}

/** What a storage holds for a key; no `value` where it holds nothing. */
export interface StoredValue {
  readonly value?: Json;
}

/** What the app does for a plugin's process: the first three without an answer. */
export interface HostSide {
  log(level: LogLevel, text: string): void;
  progress(work: WorkProgress): void;
  /** The last words of a process that ends because of an exception nobody caught. */
  fatal(error: SerializedError): void;
  storageGet(key: string): Promise<Reply<StoredValue>>;
  /** Answered when the change is on the disk. */
  storageSet(key: string, value: Json): Promise<Reply<null>>;
  storageDelete(key: string): Promise<Reply<null>>;
  storageKeys(): Promise<Reply<readonly string[]>>;
}
