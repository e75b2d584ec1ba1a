import { fail, ok, type Failure, type JsonObject, type Result } from '#shared';
import type { StepCall, StepPerformer } from '../../execution/engine/step-performer.ts';
import { checkSteps } from '../../execution/graph/check-steps.ts';
import type { OpenPlugin } from '../plugin-port.ts';
import { ABORTED, raceAbort } from '../race-abort.ts';

/** Ends of the process without a step that ended well between them, after which it stays ended. */
const ENDS_IN_VAIN = 20;

/** What the steps of one execution need, for the case that the process of their plugin ends. */
export interface ReopeningOptions {
  /** It is up, and its steps were asked for. */
  readonly plugin: OpenPlugin;
  readonly answers: JsonObject;
  /** Of the steps that the execution has: those of a new process must be the same. */
  readonly stepsDigest: string;
  readonly works: StepPerformer | undefined;
  /** Starts the plugin again. */
  readonly reopen: () => Promise<Result<OpenPlugin>>;
}

/**
 * Does a plugin's steps beyond the end of its process: whether it crashed or had to be killed, the next
 * attempt, the steps beside it, what always runs and what undoes get a new one.
 */
export class ReopeningPerformer implements StepPerformer {
  readonly #options: ReopeningOptions;
  #plugin: OpenPlugin;
  #performer: StepPerformer;
  #opening: Promise<Result<void>> | undefined;
  #endsInVain = 0;
  #lastFailure: Failure | undefined;
  #isStopped = false;

  constructor(options: ReopeningOptions) {
    this.#options = options;
    this.#plugin = options.plugin;
    this.#performer = options.plugin.performer(options.works);
  }

  ask(call: Parameters<StepPerformer['ask']>[0]): ReturnType<StepPerformer['ask']> {
    return this.#do(call, (performer) => performer.ask(call));
  }

  perform(call: Parameters<StepPerformer['perform']>[0]): ReturnType<StepPerformer['perform']> {
    return this.#do(call, (performer) => performer.perform(call));
  }

  /** Ends the plugin for good; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    // Where there is nothing to wait for, it is not up any more from this moment on.
    if (this.#opening !== undefined) await this.#opening;
    await this.#plugin.stop();
  }

  async #do<T>(
    { step, signal }: StepCall,
    work: (performer: StepPerformer) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    if (signal.aborted) return fail(cancelled(step.name));
    if (!this.#plugin.isUp) {
      const opened = await raceAbort(this.#reopened(), signal);
      if (opened === ABORTED) return fail(cancelled(step.name));
      if (!opened.ok) return opened;
    }
    const done = await work(this.#performer);
    if (done.ok) this.#endsInVain = 0;
    else this.#lastFailure = done.failure;
    return done;
  }

  /** Steps that run side by side share one new process. */
  #reopened(): Promise<Result<void>> {
    this.#opening ??= this.#reopen().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #reopen(): Promise<Result<void>> {
    const { reopen, answers, stepsDigest, works } = this.#options;
    const { name } = this.#plugin;
    if (this.#isStopped) return fail(stopped(name));
    this.#endsInVain += 1;
    if (this.#endsInVain > ENDS_IN_VAIN) return fail(endsAlways(name, this.#lastFailure));
    const opened = await reopen();
    if (!opened.ok) return opened;
    const plugin = opened.value;
    const described = await plugin.describeSteps(answers);
    const graph = described.ok ? checkSteps(described.value.graph) : described;
    if (!graph.ok || graph.value.digest !== stepsDigest) {
      await plugin.stop();
      return graph.ok ? fail(stepsChanged(name)) : graph;
    }
    this.#plugin = plugin;
    this.#performer = plugin.performer(works);
    return ok(undefined);
  }
}

function cancelled(step: string): Failure {
  return { code: 'step/cancelled', message: `The step "${step}" was called off.` };
}

function stopped(plugin: string): Failure {
  return { code: 'plugin/not-running', message: `Plugin "${plugin}" was stopped.` };
}

function endsAlways(plugin: string, last: Failure | undefined): Failure {
  const why = last === undefined ? '' : ` The last time: ${last.message}`;
  return {
    code: 'plugin/crashed',
    message: `Plugin "${plugin}" ended ${ENDS_IN_VAIN} times with no step done, and is not started again.${why}`,
  };
}

function stepsChanged(plugin: string): Failure {
  return {
    code: 'execution/steps-changed',
    message: `Plugin "${plugin}" has other steps after a new start than it had before.`,
  };
}
