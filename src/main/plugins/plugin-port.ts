import type {
  DeviceInfo,
  Failure,
  Json,
  JsonObject,
  LogLevel,
  PluginEntry,
  Result,
  WorkProgress,
} from '#shared';

/**
 * A plugin that is up: its process has started and its `initialize` has returned. The session
 * drives core plugins, plan plugins and simulated ones through this one interface.
 */
export interface OpenPlugin {
  readonly name: string;
  /** Does it have a screen of its own? */
  readonly hasScreen: boolean;
  /** Has it work to do after its screen (steps, commands or `run`)? */
  readonly hasWork: boolean;
  /** What a headless run answers. */
  readonly defaultAnswers: JsonObject;
  /** Does the work (again, on a retry or after Back). Aborting stops it gracefully, then by force. */
  run(request: RunRequest): Promise<Result<void>>;
  /** Asks one of its routes. Whatever goes wrong is a failure with a `plugin/` code. */
  call(route: string, body: Json): Promise<Result<Json>>;
  /** Graceful stop, then kill; resolves when nothing of it is left. May be called twice. */
  stop(): Promise<void>;
  /** Resolves when the process ends without having been asked to. Never rejects. */
  readonly crashed: Promise<Failure>;
}

export interface RunRequest {
  readonly answers: JsonObject;
  /** From 1. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly onProgress: (work: WorkProgress) => void;
}

/** What a plugin may know when it starts. */
export interface PluginStart {
  /** The event that it was started by, if any. */
  readonly event: string | undefined;
  readonly device: DeviceInfo;
  readonly signal: AbortSignal;
  readonly onLog: (level: LogLevel, text: string) => void;
  /** Progress that it reports outside `run`: of work that its screen asked for through a route. */
  readonly onProgress?: (work: WorkProgress) => void;
}

/** Finds, starts and looks up plugins. One form runs real processes; tests have others. */
export interface PluginHost {
  open(entry: PluginEntry, start: PluginStart): Promise<Result<OpenPlugin>>;
  /** Stops all that is still up. */
  dispose(): Promise<void>;
}
