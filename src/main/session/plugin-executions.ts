import {
  fail,
  ok,
  type Command,
  type ExecutionControl,
  type ExecutionView,
  type Failure,
  type HostEventBody,
  type Json,
  type JsonObject,
  type LogLevel,
  type PluginEntry,
  type Result,
  type WorkProgress,
} from '#shared';
import type {
  ExecutionEngine,
  ExecutionIdentity,
  FoundExecution,
} from '../execution/engine/execution-engine.ts';
import type { WorkPerformer } from '../executors/work-performer.ts';
import { askToStartOver } from '../execution/engine/start-over.ts';
import { checkSteps } from '../execution/graph/check-steps.ts';
import type { StepGraph } from '../execution/graph/step-graph.ts';
import { isFinal } from '../execution/records.ts';
import type { OpenPlugin } from '../plugins/plugin-port.ts';
import { ReopeningPerformer } from '../plugins/steps/reopening-performer.ts';

/** What a plugin's work is begun with. */
export interface PluginWork {
  readonly entry: PluginEntry;
  readonly plugin: OpenPlugin;
  /** Starts it again after its process has ended in the middle of the work. */
  readonly reopen: () => Promise<Result<OpenPlugin>>;
  readonly answers: JsonObject;
  /** The flow knows it to be done: it was answered again after Back, and is done again. */
  readonly again: boolean;
  /** Aborted with `timeout` where the plan's limit is over, else when the plugin is to end. */
  readonly signal: AbortSignal;
  readonly onProgress: (work: WorkProgress) => void;
}

/** The reason of a signal: its plugin's time is over. */
export const TIMEOUT = 'timeout';
/** The reason of a signal: the plugin failed, or its process is gone; its steps say so themselves. */
export const PLUGIN_FAILED = 'failed';

const FLOW = { who: 'flow' } as const;
const PERSON = { who: 'person', from: 'screen' } as const;

/** What the work of plugins needs of the session. */
export interface PluginExecutionsOptions {
  readonly engine: ExecutionEngine;
  /** Performs work items of executors for plugins. */
  readonly works: WorkPerformer | undefined;
  readonly emit: (event: HostEventBody) => void;
  /** How far the work is, for the bar and for the trial of a plan. */
  readonly onWork: (plugin: string, work: WorkProgress) => void;
  readonly sessionId: string;
  readonly planDigest: () => string;
  readonly headless: boolean;
  /** Answers to the questions of a plugin's steps by class, from an answers file. */
  readonly questionsOf: (plugin: string) => { readonly [questionClass: string]: string };
}

/**
 * The work of plugins as executions of the engine: begun once, gone on with after a failure or a power
 * cut, and shown as they go. What becomes of the flow is the session's business.
 */
export class PluginExecutions {
  readonly #options: PluginExecutionsOptions;
  /** Newest execution of each plugin of this session. */
  readonly #current = new Map<string, string>();
  readonly #pluginOf = new Map<string, string>();
  readonly #unsubscribe: () => void;
  /** Plugins that a person wants to be tried again, until they are. */
  readonly #retried = new Set<string>();
  #isSuspended = false;

  constructor(options: PluginExecutionsOptions) {
    this.#options = options;
    this.#unsubscribe = options.engine.onChange((id) => this.#show(id));
    for (const left of options.engine.unadopted()) {
      const { executionId, owner, identity } = left;
      // A setup that is not gone on with takes its work along.
      if (owner === 'flow' && identity.sessionId !== options.sessionId) {
        options.engine.abandon(executionId, 'setup-over');
      }
    }
  }

  /** Does a plugin's work, from where it was left. */
  async run(work: PluginWork): Promise<Result<void>> {
    const { entry, plugin, answers, signal } = work;
    const described = await plugin.describeSteps(answers);
    if (!described.ok) return described;
    const { graph: spec, secretInputs } = described.value;
    const inputs = Object.keys({ ...plugin.defaultAnswers, ...answers });
    const named = plugin.stepsKind === 'run' ? calledAs(spec, entry) : spec;
    const graph = checkSteps(named, { inputs });
    if (!graph.ok) return graph;
    const problem = this.#options.works?.problemOf(graph.value);
    if (problem !== undefined) return fail(problem);
    if (signal.aborted) return fail(cancelled(entry.name));
    const begun = await this.#begin(work, graph.value, secretInputs);
    if (!begun.ok) return begun;
    return this.#follow(begun.value, work, graph.value);
  }

  /** A person has the plugin tried again: that is who its execution goes on for. */
  retriedByPerson(plugin: string): void {
    this.#retried.add(plugin);
  }

  /** It is done, or given up: no screen needs to know of its steps any more. */
  forget(plugin: string): void {
    this.#retried.delete(plugin);
    const id = this.#current.get(plugin);
    if (id === undefined) return;
    this.#current.delete(plugin);
    this.#pluginOf.delete(id);
    this.#options.emit({ type: 'execution.ended', plugin });
  }

  /** A line that a plugin wrote: the log of its execution has it, and what comes back holds no secret. */
  logLine(plugin: string, level: LogLevel, text: string): string {
    return this.#options.engine.logLine(plugin, level, text);
  }

  /** What a person decides of a plugin's steps. */
  async control(
    command: Extract<Command, { readonly type: 'step.retry' | 'step.skip' | 'question.answer' }>,
  ): Promise<Result<Json>> {
    const { engine } = this.#options;
    const id = this.#current.get(command.plugin);
    if (id === undefined) {
      const message = `The plugin ${command.plugin} has no steps under way.`;
      return fail({ code: 'command/not-now', message });
    }
    const done =
      command.type === 'question.answer'
        ? await engine.answer(id, command.questionId, command.action, PERSON)
        : await engine.control(id, controlOf(command), PERSON);
    if (done.ok) return ok(null);
    return fail({ ...done.failure, code: 'command/not-now' });
  }

  /** The app ends, or the setup does: what runs stands as after a power cut. */
  suspend(): void {
    this.#isSuspended = true;
    this.#unsubscribe();
    for (const id of this.#pluginOf.keys()) this.#options.engine.suspend(id);
  }

  /** Goes on with what was left of this plugin's work in this setup, or begins it. */
  async #begin(
    work: PluginWork,
    graph: StepGraph,
    secretInputs: readonly string[],
  ): Promise<Result<string>> {
    const { engine, sessionId, headless, questionsOf, planDigest, works } = this.#options;
    const { entry, plugin, answers, again, reopen, signal } = work;
    const stepsDigest = graph.digest;
    const life = {
      performer: new ReopeningPerformer({ plugin, answers, stepsDigest, works, reopen }),
      inputs: answers,
      headless,
      answers: questionsOf(entry.name),
    };
    const left = engine.find({ sessionId, plugin: entry.name });
    if (left !== undefined && !again && isSameWork(left, answers)) {
      this.#follows(entry.name, left.executionId);
      if (left.stepsDigest === graph.digest) {
        // The power went after its last step, and before the flow knew.
        if (left.status === 'completed') return ok(left.executionId);
        const goes = await engine.adopt(left.executionId, life);
        if (!goes.ok) return goes;
        const actor = this.#retried.delete(entry.name) ? PERSON : FLOW;
        if (isFinal(left.status)) await engine.control(left.executionId, { type: 'resume' }, actor);
        return ok(left.executionId);
      }
      const isOver = left.status === 'completed';
      const goesOver =
        isOver || headless || (await askToStartOver(engine, left, signal)) === 'start-over';
      if (!goesOver) return fail(stepsChanged(entry));
      engine.abandon(left.executionId, 'steps-changed');
    }
    const identity: ExecutionIdentity = {
      planDigest: planDigest(),
      plugin: entry.name,
      pluginVersion: entry.version,
      sessionId,
    };
    const started = await engine.start({
      ...life,
      type: 'plugin',
      name: entry.name,
      graph,
      secretInputs,
      owner: 'flow',
      identity,
      actor: FLOW,
    });
    if (!started.ok) return started;
    this.#follows(entry.name, started.value.executionId);
    return ok(started.value.executionId);
  }

  async #follow(id: string, work: PluginWork, graph: StepGraph): Promise<Result<void>> {
    const { engine } = this.#options;
    const { signal, entry } = work;
    const ended = engine.whenEnded(id);
    const stop = (): void => {
      if (this.#isSuspended || signal.reason === PLUGIN_FAILED) return;
      const reason = signal.reason === TIMEOUT ? 'timeout' : 'cancelled';
      void engine.control(id, { type: 'stop', reason }, FLOW);
    };
    const subscription = engine.subscribe(id, undefined, (event) => {
      // A single step is the work itself: what it says is what the work says.
      if (graph.steps.length !== 1 || event.type !== 'StepProgress') return;
      const { percent, message } = event;
      work.onProgress({
        ...(percent === undefined ? {} : { percent }),
        ...(message === undefined ? {} : { message }),
      });
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const view = await ended;
    signal.removeEventListener('abort', stop);
    subscription?.unsubscribe();
    // The plugin's process may be gone when somebody wants more of it.
    engine.suspend(id);
    return resultOf(view, entry);
  }

  #follows(plugin: string, id: string): void {
    const before = this.#current.get(plugin);
    if (before !== undefined) this.#pluginOf.delete(before);
    this.#current.set(plugin, id);
    this.#pluginOf.set(id, plugin);
    this.#show(id);
  }

  #show(id: string): void {
    const plugin = this.#pluginOf.get(id);
    const view = plugin === undefined ? undefined : this.#options.engine.get(id);
    if (plugin === undefined || view === undefined) return;
    const { results: _results, ...execution } = view;
    this.#options.emit({ type: 'execution.changed', plugin, execution });
    if (execution.steps.length > 1 && !isFinal(execution.status)) {
      const { progress: percent, message } = execution;
      this.#options.onWork(plugin, message === '' ? { percent } : { percent, message });
    }
  }
}

/** What was answered anew is begun anew. Secrets were not kept, and so cannot differ. */
function isSameWork({ inputs }: FoundExecution, answers: JsonObject): boolean {
  return Object.entries(inputs).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(answers[name]),
  );
}

/** The one step around a plain `run` is called what the plan calls the plugin. */
function calledAs(
  spec: Parameters<typeof checkSteps>[0],
  { plugin_description: text }: PluginEntry,
): Parameters<typeof checkSteps>[0] {
  const description = typeof text === 'string' ? text : text?.['en'];
  if (description === undefined) return spec;
  return { ...spec, steps: spec.steps.map((step) => ({ ...step, description })) };
}

function controlOf(
  command: Extract<Command, { readonly type: 'step.retry' | 'step.skip' }>,
): ExecutionControl {
  const { step } = command;
  return command.type === 'step.retry' ? { type: 'retry', step } : { type: 'skip', step };
}

function resultOf(view: ExecutionView, { name }: PluginEntry): Result<void> {
  if (view.status === 'completed') return ok(undefined);
  if (view.status === 'cancelled') return fail(cancelled(name));
  const { step, message: why = view.message } = view.error ?? {};
  // A single step is the plugin itself, and what it says is said in its name already.
  const isNamed = view.steps.length === 1 || step === undefined;
  const message = isNamed ? why : `Plugin "${name}", step "${step}": ${why}`;
  if (view.reason === 'timeout') return fail({ code: 'plugin/timeout', message });
  return fail({ code: 'plugin/failed', message });
}

function cancelled(name: string): Failure {
  return { code: 'plugin/cancelled', message: `The work of plugin "${name}" was stopped.` };
}

function stepsChanged({ name }: PluginEntry): Failure {
  const message = `The steps of plugin "${name}" have changed since its work was begun, and it was not to start over.`;
  return { code: 'plugin/cancelled', message };
}
