import {
  fail,
  reasonOf,
  type DeviceInfo,
  type Failure,
  type Json,
  type JsonObject,
  type LogLevel,
  type PluginEntry,
  type Result,
  type WorkProgress,
} from '#shared';
import { backoffMs, type BackoffLimits } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { FlowInput } from '../flow/inputs.ts';
import type { OpenPlugin, PluginHost, RunRequest } from '../plugins/plugin-port.ts';
import type { CorePlugin } from './core-plugin.ts';
import { PLUGIN_FAILED, TIMEOUT, type PluginExecutions } from './plugin-executions.ts';

/** Between the attempts of a plugin. */
const BACKOFF: BackoffLimits = { baseMs: 1_000, capMs: 30_000 };

/** What actors need of the session they act in. */
export interface ActorsOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Absent where no process is to be started. */
  readonly plugins: PluginHost | undefined;
  /** Does the work of plugins; absent where no process is to be started. */
  readonly executions: PluginExecutions | undefined;
  readonly coreOf: (name: string) => CorePlugin | undefined;
  readonly entryOf: (name: string) => PluginEntry | undefined;
  readonly timeoutOf: (name: string) => number | undefined;
  /** Has the flow taken note of its completion? Then its work is done again, after Back. */
  readonly isDone: (name: string) => boolean;
  /** What a screen, or whoever answers for one, gave; else the plugin's own defaults hold. */
  readonly answersOf: (name: string) => JsonObject | undefined;
  readonly device: () => DeviceInfo;
  readonly dispatch: (input: FlowInput) => void;
  readonly onWork: (name: string, work: WorkProgress | undefined) => void;
  readonly onLog: (name: string, level: LogLevel, text: string) => void;
  readonly onFailure: (name: string, failure: Failure) => void;
}

/** One plugin that is acting: its process, if it has one, and the way to end what it does. */
interface Actor {
  plugin: OpenPlugin | undefined;
  readonly abort: AbortController;
  /** The event that it was started by, if any. */
  readonly after?: string | undefined;
  /** While it works, what a crash means is for its work to say. */
  isWorking?: boolean;
  /** Its process crashed under its work, and no other took its place. */
  crash?: Failure | undefined;
}

/**
 * Lets plugins act: brings up their processes, has their work done and stops them. Everything they
 * do comes back to the flow as an input; nothing here decides what happens next.
 */
export class Actors {
  readonly #options: ActorsOptions;
  readonly #actors = new Map<string, Actor>();
  readonly #stopping = new Set<Promise<void>>();

  constructor(options: ActorsOptions) {
    this.#options = options;
  }

  /** Brings the plugin's process up, after a wait where it has failed before. */
  open(name: string, after: string | undefined, delayRound: number): void {
    void this.stop(name);
    const actor: Actor = { plugin: undefined, abort: new AbortController(), after };
    this.#actors.set(name, actor);
    if (delayRound === 0) {
      void this.#open(name, actor);
      return;
    }
    const { clock, random, onWork } = this.#options;
    onWork(name, { attempt: delayRound + 1 });
    const cancel = clock.after(backoffMs(delayRound, random, BACKOFF), () => {
      if (this.#isCurrent(name, actor)) void this.#open(name, actor);
    });
    actor.abort.signal.addEventListener('abort', cancel, { once: true });
  }

  /** Has the plugin anything to do once its screen was answered? */
  hasWork(name: string): boolean {
    const core = this.#options.coreOf(name);
    if (core !== undefined) return core.work?.when === 'answered';
    return this.#actors.get(name)?.plugin?.hasWork ?? false;
  }

  defaultAnswers(name: string): JsonObject {
    const core = this.#options.coreOf(name);
    return core?.defaultAnswers ?? this.#actors.get(name)?.plugin?.defaultAnswers ?? {};
  }

  /** Does the plugin's work; one without work is done at once. */
  async work(name: string, attempt: number): Promise<void> {
    const { coreOf, dispatch, onWork } = this.#options;
    const core = coreOf(name);
    const actor = core === undefined ? this.#actors.get(name) : this.#coreActor(name);
    if (actor === undefined) return;
    const run = core === undefined ? this.#workOf(name, actor) : core.work?.run.bind(core.work);
    if (run === undefined) {
      dispatch({ type: 'completed', plugin: name });
      return;
    }
    const limit = this.#limitTime(name, actor);
    actor.isWorking = true;
    onWork(name, attempt > 1 ? { attempt } : {});
    const result = await run({
      answers: this.#options.answersOf(name) ?? this.defaultAnswers(name),
      attempt,
      signal: limit.signal,
      onProgress: (work) => {
        if (this.#isCurrent(name, actor)) onWork(name, work);
      },
    });
    limit.done();
    actor.isWorking = false;
    if (!this.#isCurrent(name, actor)) return;
    onWork(name, undefined);
    if (limit.isOver()) this.#failed(name, timeoutFailure(name, this.#options.timeoutOf(name)));
    else if (result.ok) {
      this.#options.executions?.forget(name);
      dispatch({ type: 'completed', plugin: name });
    } else this.#failed(name, actor.crash ?? result.failure);
  }

  /** Asks one of the plugin's routes. */
  async call(name: string, route: string, body: Json): Promise<Result<Json>> {
    const plugin = this.#actors.get(name)?.plugin;
    if (plugin === undefined) {
      const message = `The plugin ${name} is not running.`;
      return { ok: false, failure: { code: 'plugin/not-running', message } };
    }
    return plugin.call(route, body);
  }

  /** Stops a plugin gracefully. From this moment on nothing that it says counts. */
  stop(name: string, reason?: typeof PLUGIN_FAILED): Promise<void> {
    const actor = this.#actors.get(name);
    if (actor === undefined) return Promise.resolve();
    this.#actors.delete(name);
    this.#options.onWork(name, undefined);
    actor.abort.abort(reason);
    const stopped = actor.plugin?.stop() ?? Promise.resolve();
    this.#stopping.add(stopped);
    return stopped.finally(() => this.#stopping.delete(stopped));
  }

  /** Stops everyone; resolves when nothing of them is left. */
  async stopAll(): Promise<void> {
    for (const name of [...this.#actors.keys()]) void this.stop(name);
    await Promise.allSettled(this.#stopping);
  }

  async #open(name: string, actor: Actor): Promise<void> {
    const { coreOf, dispatch, entryOf, plugins } = this.#options;
    const entry = entryOf(name);
    if (coreOf(name) !== undefined || plugins === undefined || entry === undefined) {
      // Built in, or simulated: there is nothing to bring up.
      dispatch({ type: 'opened', plugin: name, hasScreen: true });
      return;
    }
    const opened = await this.#start(name, actor, { entry, plugins });
    if (!this.#isCurrent(name, actor)) return;
    if (opened.ok) dispatch({ type: 'opened', plugin: name, hasScreen: opened.value.hasScreen });
    else this.#failed(name, opened.failure);
  }

  /** Starts the process of an actor, the first one or one in the place of another. */
  async #start(
    name: string,
    actor: Actor,
    { entry, plugins }: { readonly entry: PluginEntry; readonly plugins: PluginHost },
  ): Promise<Result<OpenPlugin>> {
    const { device, onLog, executions } = this.#options;
    if (!this.#isCurrent(name, actor)) return fail(stoppedFailure(name));
    const opened = await plugins.open(entry, {
      event: actor.after,
      device: device(),
      signal: actor.abort.signal,
      onLog: (level, text) => onLog(name, level, executions?.logLine(name, level, text) ?? text),
      onProgress: (work) => {
        if (this.#isCurrent(name, actor)) this.#options.onWork(name, work);
      },
    });
    if (!opened.ok) return opened;
    const plugin = opened.value;
    if (!this.#isCurrent(name, actor)) {
      await plugin.stop();
      return fail(stoppedFailure(name));
    }
    actor.plugin = plugin;
    actor.crash = undefined;
    void plugin.crashed.then((failure) => {
      if (!this.#isCurrent(name, actor) || actor.plugin !== plugin) return;
      if (actor.isWorking === true) actor.crash = failure;
      else this.#failed(name, failure);
    });
    return opened;
  }

  #failed(name: string, failure: Failure): void {
    void this.stop(name, PLUGIN_FAILED);
    this.#options.onFailure(name, failure);
    this.#options.dispatch({
      type: 'failed',
      plugin: name,
      // The trace and the screens know reasons of plugins only; the log has the code itself.
      reason: failure.code.startsWith('plugin/') ? reasonOf(failure) : 'failed',
      message: failure.message,
    });
  }

  /** The work of a plugin is an execution of steps, whatever it declares. */
  #workOf(name: string, actor: Actor) {
    const { plugin } = actor;
    const { executions, entryOf, isDone, plugins } = this.#options;
    const entry = entryOf(name);
    const again = isDone(name);
    if (executions === undefined || entry === undefined || plugins === undefined) return;
    if (plugin?.hasWork !== true) return;
    const reopen = (): Promise<Result<OpenPlugin>> => this.#start(name, actor, { entry, plugins });
    return ({ answers, signal, onProgress }: RunRequest) =>
      executions.run({ entry, plugin, reopen, answers, again, signal, onProgress });
  }

  /** A core plugin has no process, but its work can be ended like any other. */
  #coreActor(name: string): Actor {
    const actor: Actor = { plugin: undefined, abort: new AbortController() };
    this.#actors.get(name)?.abort.abort();
    this.#actors.set(name, actor);
    return actor;
  }

  #isCurrent(name: string, actor: Actor): boolean {
    return this.#actors.get(name) === actor;
  }

  #limitTime(name: string, actor: Actor) {
    const seconds = this.#options.timeoutOf(name);
    const limit = new AbortController();
    let isOver = false;
    const cancel =
      seconds === undefined
        ? undefined
        : this.#options.clock.after(seconds * 1000, () => {
            isOver = true;
            limit.abort(TIMEOUT);
          });
    return {
      signal: AbortSignal.any([actor.abort.signal, limit.signal]),
      done: () => cancel?.(),
      isOver: () => isOver,
    };
  }
}

function stoppedFailure(name: string): Failure {
  return { code: 'plugin/cancelled', message: `The plugin ${name} was stopped.` };
}

function timeoutFailure(name: string, seconds: number | undefined): Failure {
  const message = `The plugin ${name} worked longer than the ${seconds ?? 0} s that its plan allows.`;
  return { code: 'plugin/timeout', message };
}
