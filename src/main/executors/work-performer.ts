import { fail, ok, serializeError, type ErrorCode, type Failure, type Result } from '#shared';
import { systemClock } from '../clock.ts';
import type { StepCall, StepPerformer, WorkDone } from '../execution/engine/step-performer.ts';
import type { CommandSpec, StepGraphSpec, WorkItem } from '../execution/step-spec.ts';
import { noExecutor, workStepsProblem } from './check-work-steps.ts';
import { inWords } from './config-problems.ts';
import { countMatches } from './command/output-patterns.ts';
import type { RunCommandOptions } from './command/run-command.ts';
import { runCommands } from './command/run-commands.ts';
import type { WorkExecutor, WorkRegistry, WorkResult } from './work-executor.ts';

export interface WorkPerformerOptions {
  readonly registry: WorkRegistry;
  /** Absolute; what a relative `cwd` of a command is against. */
  readonly cwd: string;
  /** The whole environment of commands, but for what each adds. */
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds between the polite and the forced end of a command. */
  readonly graceMs: number;
  readonly uid?: RunCommandOptions['uid'];
}

/** Performs steps whose work is data, and knows beforehand which it cannot. */
export interface WorkPerformer extends StepPerformer {
  /** Why an execution of these steps must not begin; `undefined` where nothing speaks against it. */
  problemOf(graph: StepGraphSpec): Failure | undefined;
}

/**
 * How much longer than its grace period an executor may take to end what was called off. Then it is
 * not waited for any more: what runs in the app itself cannot be killed.
 */
const LATE_MS = 5000;

/** Performs steps whose work is data: commands, and work items through the executors of the app. */
export function createWorkPerformer(options: WorkPerformerOptions): WorkPerformer {
  return {
    problemOf: (graph) => workStepsProblem(graph, options.registry),
    ask: ({ step, part }) =>
      Promise.resolve(failed('step/failed', `The step "${step.name}" has no "${part}" here.`)),
    perform: (call) => {
      const { step, commands, item, part } = call;
      if (part === 'undo') {
        return Promise.resolve(
          failed('step/failed', `The step "${step.name}" has no "undo" here.`),
        );
      }
      if (commands !== undefined) return performCommands(call, commands, options);
      if (item !== undefined) return performItem(call, item, options);
      const message = `The step "${step.name}" is a function, and no plugin that has it runs here.`;
      return Promise.resolve(failed('step/failed', message));
    },
  };
}

async function performCommands(
  call: StepCall,
  commands: readonly CommandSpec[],
  options: WorkPerformerOptions,
): Promise<Result<WorkDone>> {
  const { step, signal, onEvent } = call;
  const { cwd, env, graceMs } = options;
  const done = await runCommands(commands, {
    signal,
    graceMs,
    sudo: step.sudo,
    env,
    cwd,
    ...('uid' in options ? { uid: options.uid } : {}),
    packagesPattern: step.packagesPattern,
    onOutput: (stream, text) => onEvent({ type: 'output', stream, text }),
    onProgress: (percent, message) => onEvent({ type: 'progress', percent, message }),
  });
  if (!done.ok) return fail(done.failure);
  const { packagesUpdated } = done.value;
  return ok(packagesUpdated === undefined ? {} : { packagesUpdated });
}

async function performItem(
  call: StepCall,
  item: WorkItem,
  { registry, graceMs }: WorkPerformerOptions,
): Promise<Result<WorkDone>> {
  const { step } = call;
  const executor = registry.get(item.type);
  if (executor === undefined) return fail(noExecutor(step.name, item.type));
  const problems = registry.validateWork(item, 'resolved');
  if (problems.length > 0) {
    const message = `The config of the step "${step.name}" is wrong: ${inWords(problems)}.`;
    return failed('execution/bad-work', message);
  }
  const counter = countOutput(step.packagesPattern);
  if (!counter.ok) return counter;
  const result = await execute(call, item, { executor, counter: counter.value, graceMs });
  if (result === undefined) {
    const message = `The executor of "${item.type}" did not end when it was called off: it may still work.`;
    return failed('step/cancelled', message);
  }
  for (const [name, value] of Object.entries(result.metrics)) {
    call.onEvent({ type: 'metric', name, value });
  }
  if (!result.success) {
    const { code, message } = result.error ?? {
      code: 'step/failed' as const,
      message: `The work of the step "${step.name}" failed; its executor did not say why.`,
    };
    return failed(code, message);
  }
  const { outputs } = result;
  const packagesUpdated = counter.value?.count();
  return ok(packagesUpdated === undefined ? { outputs } : { outputs, packagesUpdated });
}

/** Has the work done; `undefined` where it does not end although it was called off. */
async function execute(
  { executionId, step, attempt, signal, onEvent }: StepCall,
  item: WorkItem,
  by: {
    readonly executor: WorkExecutor;
    readonly counter: OutputCounter | undefined;
    readonly graceMs: number;
  },
): Promise<WorkResult | undefined> {
  let isOver = false;
  const work = by.executor
    .execute(item, {
      executionId,
      stepName: step.name,
      attempt,
      signal,
      onEvent: (event) => {
        if (isOver) return;
        if (event.type === 'output') by.counter?.event(event.text);
        onEvent(event);
      },
      onLine: (line) => by.counter?.line(line),
    })
    // It promises never to reject; some will.
    .catch((thrown: unknown) => resultOfThrown(thrown));
  const { late, forget } = lateAfterAbort(signal, by.graceMs + LATE_MS);
  const result = await Promise.race([work, late]);
  isOver = true;
  forget();
  return result;
}

/** `late` resolves `ms` after the signal was aborted. */
function lateAfterAbort(signal: AbortSignal, ms: number) {
  let cancelTimer: () => void = () => undefined;
  let onAbort: () => void = () => undefined;
  const late = new Promise<undefined>((resolve) => {
    onAbort = () => {
      cancelTimer = systemClock.after(ms, () => resolve(undefined));
    };
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const forget = (): void => {
    signal.removeEventListener('abort', onAbort);
    cancelTimer();
  };
  return { late, forget };
}

/** Counts in all lines where an executor gives them, else in what it says as events. */
interface OutputCounter {
  line(text: string): void;
  event(text: string): void;
  count(): number;
}

function countOutput(pattern: string | undefined): Result<OutputCounter | undefined> {
  if (pattern === undefined) return ok(undefined);
  const inLines = countMatches(pattern);
  const inEvents = countMatches(pattern);
  if (!inLines.ok) return inLines;
  if (!inEvents.ok) return inEvents;
  let hasLines = false;
  return ok({
    line(text) {
      hasLines = true;
      inLines.value.line(text);
    },
    event(text) {
      for (const line of text.split('\n')) inEvents.value.line(line);
    },
    count: () => (hasLines ? inLines.value.count : inEvents.value.count),
  });
}

function resultOfThrown(thrown: unknown): WorkResult {
  const { message } = serializeError(thrown);
  return {
    success: false,
    outputs: {},
    logs: [],
    metrics: { durationSeconds: 0 },
    error: { code: 'step/failed', message },
  };
}

function failed(code: ErrorCode, message: string): Result<never> {
  return fail({ code, message });
}
