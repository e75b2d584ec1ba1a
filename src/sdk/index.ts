import type { DeviceInfo, Json, JsonObject } from '#shared';
import type { Command, Step } from './steps.ts';

export type { DeviceInfo, Json, JsonObject } from '#shared';
export { ask, defineStep } from './steps.ts';
export type {
  Command,
  Step,
  StepContext,
  StepGenerator,
  StepMetric,
  StepOutput,
  StepProgress,
  StepQuestion,
  StepValue,
  StepYield,
  WorkItem,
} from './steps.ts';

/** Writes to the plugin's log. Lines over 4,096 characters are cut, floods are thinned out. */
export interface PluginLog {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/**
 * The plugin's own small store: JSON values by key, on disk, kept over restarts. A value is there
 * after a power cut once the promise of its `set` has resolved. 1 MiB in all; more is refused by a
 * rejected `set`, which leaves what was there before.
 */
export interface PluginStorage {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}

/** What every function of a plugin is given. `Answers` is the shape of what its screen asks. */
export interface PluginContext<Answers extends JsonObject = JsonObject> {
  /** What a person answered on its screen, or its default answers; empty before that. */
  readonly answers: Partial<Answers>;
  /** The device as it was when the plugin started. */
  readonly device: DeviceInfo;
  /** The event that the plugin was started by; `undefined` when the plan names none. */
  readonly event: string | undefined;
  readonly log: PluginLog;
  /** Says how far the work is: 0..100, or `undefined` while unknown, and one line for a person. */
  progress(percent: number | undefined, message?: string): void;
  /** Aborted when the work is cancelled or the plugin is stopped. Pass it to what takes one. */
  readonly signal: AbortSignal;
  readonly storage: PluginStorage;
  /**
   * A folder of its own for files (absolute), which stays over restarts and newer versions of the
   * plugin. Only with `permissions.dataFolder` in the manifest.
   */
  readonly dataFolder: string | undefined;
}

/** Answers one request of the plugin's screen, or of the control API. `undefined` is sent as `null`. */
export type RouteHandler<Answers extends JsonObject = JsonObject> = (
  body: Json,
  ctx: PluginContext<Answers>,
) => Json | undefined | Promise<Json | undefined>;

/** How a plugin feels. */
export interface PluginHealth {
  readonly healthy: boolean;
  readonly message?: string;
}

/**
 * A plugin: the default export of the module that `firstlight.main` names. Everything is optional.
 * Life: `initialize`; its screen, if it has one; `run`; `shutdown`. Routes answer from the end of
 * `initialize` on. A function fails by throwing (or rejecting); the message is shown to a person
 * who asks for details.
 */
export interface PluginDefinition<Answers extends JsonObject = JsonObject> {
  /** What a run without a screen answers. */
  readonly defaultAnswers?: Answers;
  /** Gets the plugin ready. Must be done within 10 seconds, loading included. */
  initialize?(ctx: PluginContext<Answers>): void | Promise<void>;
  /**
   * Does the work, after the screen was answered. Runs again on a retry and after Back. A plugin that
   * declares `steps` or `commands` has those run instead.
   */
  run?(ctx: PluginContext<Answers>): void | Promise<void>;
  /** The work as steps; called with the answers of the screen. They are run instead of `commands`. */
  readonly steps?:
    | readonly Step<Answers>[]
    | ((
        ctx: PluginContext<Answers>,
      ) => readonly Step<Answers>[] | Promise<readonly Step<Answers>[]>);
  /** The work as commands, one after the other. They are run instead of `run`. */
  readonly commands?:
    | readonly Command[]
    | ((ctx: PluginContext<Answers>) => readonly Command[] | Promise<readonly Command[]>);
  /** How many of its steps run at a time: 4 by default, 1 gives strict order. */
  readonly concurrency?: number;
  /** Does a failure undo the steps that were done? By default not. */
  readonly rollback?: boolean;
  /** Names of answers that are secret: they reach no log, no disk and no screen. */
  readonly secrets?: readonly string[];
  /** By name: letters, digits, `.`, `_`, `-`, `/`. */
  readonly routes?: { readonly [name: string]: RouteHandler<Answers> };
  /** Tidies up before the process ends. Has 3 seconds. */
  shutdown?(): void | Promise<void>;
  health?(): PluginHealth | Promise<PluginHealth>;
}

/**
 * Gives a plugin its types; it changes nothing, so a plain object of the same shape works too.
 *
 * @example
 * export default definePlugin<{ name: string }>({
 *   defaultAnswers: { name: 'Kitchen' },
 *   async run(ctx) { await ctx.storage.set('name', ctx.answers.name ?? 'Kitchen'); },
 * });
 */
export function definePlugin<Answers extends JsonObject = JsonObject>(
  definition: PluginDefinition<Answers>,
): PluginDefinition<Answers> {
  return definition;
}
