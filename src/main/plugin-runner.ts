import {
  fail,
  ok,
  type Actor,
  type DeviceInfo,
  type Failure,
  type JsonObject,
  type LogLevel,
  type PluginEntry,
  type Result,
} from '#shared';
import type { ExecutionHeader } from './execution/engine/header.ts';
import type {
  ExecutionEngine,
  FoundExecution,
  StartExecution,
} from './execution/engine/execution-engine.ts';
import type { Life } from './execution/engine/live-execution.ts';
import { checkSteps } from './execution/graph/check-steps.ts';
import { isFinal } from './execution/records.ts';
import type { WorkPerformer } from './executors/work-performer.ts';
import type { OpenPlugin, PluginHost } from './plugins/plugin-port.ts';
import { ReopeningPerformer } from './plugins/steps/reopening-performer.ts';

/** A plugin that is to run apart from any flow. */
export interface PluginRunRequest {
  readonly plugin: string;
  /** In place of its default answers. */
  readonly answers?: JsonObject | undefined;
  /** Answers to the questions of its steps, by class. */
  readonly questions?: { readonly [questionClass: string]: string } | undefined;
  /** Run the last execution of it again from this step on; what comes before keeps its result. */
  readonly from?: string | undefined;
  /** Begin anew, whatever was left unfinished. */
  readonly fresh?: boolean | undefined;
}

/** What running a plugin apart from the flow stands on. */
export interface PluginRunnerOptions {
  readonly engine: ExecutionEngine;
  readonly plugins: PluginHost;
  readonly works: WorkPerformer;
  /** What the plan says of a plugin; `undefined` for one that it does not name. */
  readonly entryOf: (plugin: string) => PluginEntry | undefined;
  readonly device: () => DeviceInfo;
  readonly owner: StartExecution['owner'];
  readonly headless: boolean;
  readonly onLog: (plugin: string, level: LogLevel, text: string) => void;
}

/** Runs plugins on their own: from the control API and from the command line. */
export interface PluginRunner {
  /**
   * Resolves as soon as the execution is begun, or goes on: one that was left unfinished with the same
   * answers does, on the command line also one that failed. It raises no event of the flow.
   */
  start(request: PluginRunRequest, actor: Actor): Promise<Result<{ readonly executionId: string }>>;
  /** Brings the plugin of an execution up again, which an earlier life of the app left. */
  revive(header: ExecutionHeader): Promise<Result<Life> | undefined>;
}

export function createPluginRunner(options: PluginRunnerOptions): PluginRunner {
  const { plugins, works, device, owner, headless, onLog } = options;

  async function open(name: string): Promise<Result<OpenPlugin>> {
    const entry = options.entryOf(name);
    if (entry === undefined) {
      const message = `No plugin of the plan is called "${name}".`;
      return fail({ code: 'command/unknown-plugin', message });
    }
    return plugins.open(entry, {
      event: undefined,
      device: device(),
      signal: new AbortController().signal,
      onLog: (level, text) => onLog(name, level, options.engine.logLine(name, level, text)),
      ifFree: true,
      onTaken: () => giveUp(name),
    });
  }

  /** The setup needs the plugin: what runs of it stands as after a crash, and can be gone on with. */
  function giveUp(plugin: string): void {
    const running = options.engine.find({ owner, plugin });
    if (running?.isAdopted !== true || isFinal(running.status)) return;
    onLog(plugin, 'warn', 'its execution is interrupted: the setup needs the plugin');
    options.engine.suspend(running.executionId);
  }

  /** When the execution has ended, its plugin is stopped; a person who wants more of it brings it back. */
  function lifeOf(
    plugin: OpenPlugin,
    { answers, stepsDigest }: { readonly answers: JsonObject; readonly stepsDigest: string },
  ): Life {
    const reopen = (): Promise<Result<OpenPlugin>> => open(plugin.name);
    const performer = new ReopeningPerformer({ plugin, answers, stepsDigest, works, reopen });
    return { performer, inputs: answers, headless, release: () => void performer.stop() };
  }

  async function begin(
    plugin: OpenPlugin,
    request: PluginRunRequest,
    actor: Actor,
  ): Promise<Result<{ readonly executionId: string }>> {
    const { plugin: name, from } = request;
    const answers = request.answers ?? plugin.defaultAnswers;
    const described = await plugin.describeSteps(answers);
    if (!described.ok) return described;
    const inputs = Object.keys({ ...plugin.defaultAnswers, ...answers });
    const graph = checkSteps(described.value.graph, { inputs });
    if (!graph.ok) return graph;
    const problem = works.problemOf(graph.value);
    if (problem !== undefined) return fail(problem);
    const { questions } = request;
    const { secretInputs } = described.value;
    const life = {
      ...lifeOf(plugin, { answers, stepsDigest: graph.value.digest }),
      ...(questions === undefined ? {} : { answers: questions }),
    };
    const engine = options.engine;
    const left = engine.find({ owner, plugin: name });
    if (left !== undefined && goesOn(left, request, answers)) {
      if (left.stepsDigest !== graph.value.digest) return fail(stepsChanged(left, owner));
      return goOn(left, life, from, actor);
    }
    if (from !== undefined) {
      const message = `"${name}" cannot be resumed from "${from}": it has not run here before.`;
      return fail({ code: 'execution/not-found', message });
    }
    if (left !== undefined) engine.abandon(left.executionId, 'begun-anew');
    return engine.start({
      ...life,
      type: 'plugin',
      name,
      graph: graph.value,
      secretInputs,
      owner,
      identity: {
        plugin: name,
        ...(request.answers === undefined
          ? {}
          : { givenSecrets: secretInputs.filter((secret) => answers[secret] !== undefined) }),
      },
      actor,
    });
  }

  /** Is what was left gone on with, rather than begun anew? */
  function goesOn(left: FoundExecution, request: PluginRunRequest, answers: JsonObject): boolean {
    if (request.fresh === true) return false;
    if (request.from !== undefined) return true;
    if (!hasAnswers(left, answers)) return false;
    // To run it once more is how a person at a terminal retries.
    return !isFinal(left.status) || (owner === 'cli' && left.status === 'failed');
  }

  async function goOn(
    { executionId, status }: FoundExecution,
    life: Life,
    from: string | undefined,
    actor: Actor,
  ): Promise<Result<{ readonly executionId: string }>> {
    const { engine } = options;
    const resumes = from !== undefined || status === 'paused' || isFinal(status);
    const control = { type: 'resume', ...(from === undefined ? {} : { from }) } as const;
    const adopted = await engine.adopt(executionId, life, resumes ? { control, actor } : undefined);
    if (!adopted.ok) return adopted;
    if (headless) await skipInterrupted(executionId);
    return ok({ executionId });
  }

  /** Nobody is there to say whether what was under way at a power cut may run twice. */
  async function skipInterrupted(executionId: string): Promise<void> {
    const { engine } = options;
    for (const { name: step, interrupted } of engine.get(executionId)?.steps ?? []) {
      if (interrupted !== true) continue;
      await engine.control(executionId, { type: 'skip', step }, { who: 'engine' });
    }
  }

  return {
    async start(request, actor) {
      const opened = await open(request.plugin);
      if (!opened.ok) return opened;
      const begun = await begin(opened.value, request, actor);
      if (!begun.ok) await opened.value.stop();
      return begun;
    },
    async revive(header) {
      const { plugin: name } = header.identity;
      if (header.owner !== owner || name === undefined) return undefined;
      const opened = await open(name);
      if (!opened.ok) return opened;
      const plugin = opened.value;
      const answers = answersOf(header, plugin);
      if (!answers.ok) {
        await plugin.stop();
        return answers;
      }
      const described = await plugin.describeSteps(answers.value);
      const graph = described.ok ? checkSteps(described.value.graph) : described;
      const before = checkSteps(header.steps);
      if (!graph.ok || !before.ok || graph.value.digest !== before.value.digest) {
        await plugin.stop();
        return graph.ok ? fail(stepsChanged(header, owner)) : graph;
      }
      const stepsDigest = graph.value.digest;
      return ok(lifeOf(plugin, { answers: answers.value, stepsDigest }));
    },
  };
}

/** Secret ones were not kept, so they cannot be compared. */
function hasAnswers({ inputs }: FoundExecution, answers: JsonObject): boolean {
  return Object.entries(inputs).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(answers[name]),
  );
}

/** The secret ones that were the plugin's own can be had from it again; others were kept nowhere. */
function answersOf(
  { inputs, secretInputs, identity, name }: ExecutionHeader,
  { defaultAnswers }: OpenPlugin,
): Result<JsonObject> {
  const { givenSecrets } = identity;
  if (givenSecrets === undefined) {
    const own = secretInputs.filter((secret) => defaultAnswers[secret] !== undefined);
    return ok({
      ...inputs,
      ...Object.fromEntries(own.map((secret) => [secret, defaultAnswers[secret]])),
    });
  }
  if (givenSecrets.length === 0) return ok(inputs);
  const names = givenSecrets.map((secret) => `"${secret}"`).join(', ');
  return fail({
    code: 'execution/not-now',
    message: `"${name}" cannot go on: its secret answers are not kept over a restart, and it was begun with ${names}.`,
    hint: 'Start it again with the same answers: it goes on where it was.',
  });
}

function stepsChanged(
  { name }: { readonly name: string },
  owner: PluginRunnerOptions['owner'],
): Failure {
  return {
    code: 'execution/steps-changed',
    message: `An unfinished execution of "${name}" was begun with other steps than it has now.`,
    hint: owner === 'cli' ? 'Begin anew with --fresh.' : 'Stop it, or begin anew.',
  };
}
