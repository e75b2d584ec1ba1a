import type { Json, JsonObject } from '#shared';
import type { PluginContext, PluginDefinition, StepContext } from '../../../sdk/index.ts';
import { serializeError } from '../../../shared/failure.ts';
import type { WorkDone } from '../../execution/engine/step-performer.ts';
import { declareSteps, type StepFunctions } from '../../execution/graph/declare-steps.ts';
import {
  MAX_ERROR_LENGTH,
  type AskStep,
  type DeclaredPlugin,
  type HostSide,
  type PerformStep,
  type Reply,
} from '../plugin-rpc.ts';
import { isDeclared, stepsKindOf } from './definition.ts';
import { askFunction, performPart, type StepCallInside } from './perform-step.ts';
import { StepProblem } from './step-problem.ts';
import { createStepVoice, type StepVoice } from './step-voice.ts';

/** The steps of this process's plugin: what it declares, and their calls, several at once. */
export interface StepRunner {
  describe(answers: JsonObject): Promise<Reply<DeclaredPlugin>>;
  ask(request: AskStep): Promise<Reply<Json>>;
  perform(request: PerformStep): Promise<Reply<WorkDone>>;
  cancel(callId: number): void;
  /** Calls everything off; resolves when its commands are gone. */
  end(): Promise<void>;
}

export interface StepRunnerOptions {
  readonly definition: PluginDefinition;
  readonly contextFor: (about: {
    readonly answers: JsonObject;
    readonly signal: AbortSignal;
    /** Instead of what it does outside of steps. */
    readonly progress?: PluginContext['progress'];
  }) => PluginContext;
  /** Aborted when the plugin is stopped. */
  readonly stopping: AbortSignal;
  readonly host: Pick<HostSide, 'stepEvents' | 'askPerson'>;
  /** Takes the stack of what was thrown. */
  readonly logError: (text: string) => void;
  readonly commandMark: string | undefined;
}

/** Makes the runner of this process. Loaded when steps are first asked for: most plugins have none. */
export function createStepRunner(options: StepRunnerOptions): StepRunner {
  const { definition, stopping, host } = options;
  let functions: ReadonlyMap<string, StepFunctions> = new Map();
  const aborts = new Map<number, AbortController>();
  /** Waited for when the app is gone. */
  const commands = new Set<Promise<unknown>>();

  async function describe(answers: JsonObject): Promise<Reply<DeclaredPlugin>> {
    const ctx = options.contextFor({ answers, signal: stopping });
    const steps = await called(definition.steps, ctx);
    const list = isDeclared(steps) ? undefined : await called(definition.commands, ctx);
    const { concurrency, rollback } = definition;
    const hasRun = definition.run !== undefined;
    const kind = stepsKindOf({ steps, commands: list, ...(hasRun ? { run: true } : {}) });
    const declared = declareSteps({
      ...(kind === 'steps' ? { steps } : {}),
      ...(kind === 'commands' ? { commands: list } : {}),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(rollback === undefined ? {} : { rollback }),
    });
    if (!declared.ok) return refuse(declared.failure);
    ({ functions } = declared.value);
    return { ok: true, value: { kind, graph: declared.value.spec } };
  }

  /** Runs one call from its first word to its last. Whatever is thrown becomes data. */
  async function inCall<T>(
    request: AskStep | PerformStep,
    body: (call: StepCallInside) => Promise<T>,
  ): Promise<Reply<T>> {
    const { callId, step } = request;
    const abort = new AbortController();
    aborts.set(callId, abort);
    const signal = AbortSignal.any([abort.signal, stopping]);
    const voice = createStepVoice((events) => host.stepEvents(callId, events));
    try {
      const value = await body({
        functions: functions.get(step),
        ctx: contextOf(request, signal, voice),
        voice,
        signal,
        ask: (question) => host.askPerson(callId, question),
        commandMark: options.commandMark,
        commands,
      });
      return { ok: true, value };
    } catch (thrown) {
      return failed(thrown, signal);
    } finally {
      voice.close();
      aborts.delete(callId);
    }
  }

  function contextOf(
    { scope, attempt }: AskStep | PerformStep,
    signal: AbortSignal,
    voice: StepVoice,
  ): StepContext {
    const progress: PluginContext['progress'] = (percent, message) =>
      voice.progress(percent, message);
    return {
      ...options.contextFor({ answers: scope.inputs, signal, progress }),
      inputs: scope.inputs,
      steps: scope.steps,
      item: scope.item,
      index: scope.index,
      attempt,
    };
  }

  function failed(thrown: unknown, signal: AbortSignal): Reply<never> {
    if (thrown instanceof StepProblem) return refuse(thrown);
    if (signal.aborted) return refuse({ code: 'step/cancelled', message: 'it was called off' });
    const error = serializeError(thrown);
    options.logError(error.stack ?? error.message);
    return refuse({ code: 'step/failed', message: error.message });
  }

  return {
    describe,
    ask: (request) => inCall(request, (call) => askFunction(request, call)),
    perform: (request) => inCall(request, (call) => performPart(request, call)),
    cancel: (callId) => aborts.get(callId)?.abort(),
    async end() {
      for (const abort of aborts.values()) abort.abort();
      await Promise.allSettled(commands);
    },
  };
}

/** What is a function of `ctx`, or is there already. */
function called(declared: unknown, ctx: PluginContext): unknown {
  return typeof declared === 'function'
    ? (declared as (ctx: PluginContext) => unknown)(ctx)
    : declared;
}

type Refusal = Pick<StepProblem, 'code' | 'message'> & { readonly hint?: string | undefined };

function refuse({ code, message, hint }: Refusal): Reply<never> {
  const error = { name: 'Error', message: message.slice(0, MAX_ERROR_LENGTH) };
  return { ok: false, code, error, ...(hint === undefined ? {} : { hint }) };
}
