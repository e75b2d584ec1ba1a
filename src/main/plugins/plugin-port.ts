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
import type { PluginHealth } from '../../sdk/index.ts';
import type { StepPerformer } from '../execution/engine/step-performer.ts';
import type { StepGraphSpec } from '../execution/step-spec.ts';

/**
 * A plugin that is up: its process has started and its `initialize` has returned. The session
 * drives core plugins, plan plugins and simulated ones through this one interface.
 */
export interface OpenPlugin {
  readonly name: string;
  /** Can it answer and work? Not any more once its process was stopped or has ended. */
  readonly isUp: boolean;
  /** Does it have a screen of its own? */
  readonly hasScreen: boolean;
  /** Has it work to do after its screen (steps, commands or `run`)? */
  readonly hasWork: boolean;
  /** What its work consists of, as far as that is known before its functions were called. */
  readonly stepsKind: StepsKind;
  /** What a headless run answers. */
  readonly defaultAnswers: JsonObject;
  /** Does the work (again, on a retry or after Back). Aborting stops it gracefully, then by force. */
  run(request: RunRequest): Promise<Result<void>>;
  /**
   * Its work as steps, for these answers: what it declares, by the rules of `declareSteps`, or one step
   * around its `run`. What the performer is asked for are the steps of the last call.
   */
  describeSteps(answers: JsonObject): Promise<Result<DescribedSteps>>;
  /**
   * Does its steps, several at once, in its own process. Work items of type `command` run there too, so
   * that they have the plugin's own permissions; `works` does those of other types.
   */
  performer(works?: StepPerformer): StepPerformer;
  /** Its own word on how it feels; a plugin that says nothing of it is healthy while it answers. */
  health(): Promise<Result<PluginHealth>>;
  /** Asks one of its routes. Whatever goes wrong is a failure with a `plugin/` code. */
  call(route: string, body: Json): Promise<Result<Json>>;
  /** Graceful stop, then kill; resolves when nothing of it is left. May be called twice. */
  stop(): Promise<void>;
  /** Resolves when the process ends without having been asked to. Never rejects. */
  readonly crashed: Promise<Failure>;
}

/** A plugin that declares steps runs them; else its commands; else its plain `run`. */
export type StepsKind = 'steps' | 'commands' | 'run' | 'none';

/** What an execution of a plugin is begun with. */
export interface DescribedSteps {
  readonly graph: StepGraphSpec;
  /** Names of answers that must never be written down. */
  readonly secretInputs: readonly string[];
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
  /** Leave the plugin to whoever has it up: then the start is refused with `execution/not-now`. */
  readonly ifFree?: boolean;
  /** Somebody else starts the plugin, and it is stopped for that as soon as this returns. */
  readonly onTaken?: () => void;
}

/** Finds, starts and looks up plugins. One form runs real processes; tests have others. */
export interface PluginHost {
  open(entry: PluginEntry, start: PluginStart): Promise<Result<OpenPlugin>>;
  /** Stops all that is still up. */
  dispose(): Promise<void>;
}
