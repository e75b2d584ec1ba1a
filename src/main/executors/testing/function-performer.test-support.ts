import {
  fail,
  ok,
  serializeError,
  type Failure,
  type Json,
  type JsonObject,
  type Result,
} from '#shared';
import {
  QuestionProblem,
  type StepCall,
  type StepPerformer,
  type WorkDone,
  type WorkEvent,
} from '../../execution/engine/step-performer.ts';

// Not a part of the product: it stands in for plugins' processes in tests and benches.

// A function without a `return` gives void, which is not undefined to the compiler.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type Outputs = JsonObject | void;
type Generated = AsyncGenerator<WorkEvent, Outputs, undefined>;
type Work = Generated | Promise<Outputs> | Outputs;

/** The functions of one step. Whatever is missing does nothing, or says that all is well. */
export interface FunctionStep {
  run?(call: StepCall): Work;
  undo?(call: StepCall): Work;
  /** `false` where there is none: not done yet. */
  check?(call: StepCall): boolean | Promise<boolean>;
  /** `true` where there is none. */
  verify?(call: StepCall): boolean | Promise<boolean>;
  /** `true` where there is none. */
  when?(call: StepCall): boolean | Promise<boolean>;
  forEach?(call: StepCall): readonly Json[] | Promise<readonly Json[]>;
}

/** Thrown by a function of a step: its failure, whole. Anything else that is thrown is `step/failed`. */
export class StepFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const ABORTED = Symbol('aborted');
const CANCELLED: Result<never> = fail({ code: 'step/cancelled', message: 'It was called off.' });
const NOTHING: Promise<Result<WorkDone>> = Promise.resolve(ok({}));

/**
 * Makes a performer whose steps are functions of this process, by the names of steps; `otherwise` is for
 * all others. It adds next to nothing to what the functions cost.
 */
export function functionPerformer(
  steps: { readonly [step: string]: FunctionStep },
  otherwise: FunctionStep = {},
): StepPerformer {
  const stepOf = ({ step }: StepCall): FunctionStep =>
    Object.hasOwn(steps, step.name) ? (steps[step.name] ?? otherwise) : otherwise;
  return {
    async ask(call) {
      const step = stepOf(call);
      try {
        switch (call.part) {
          case 'check':
            return ok((await step.check?.(call)) ?? false);
          case 'forEach':
            return ok((await step.forEach?.(call)) ?? []);
          case 'when':
          case 'verify':
            return ok((await step[call.part]?.(call)) ?? true);
        }
      } catch (thrown) {
        return failureOf(thrown);
      }
    },
    perform(call) {
      const { [call.part === 'work' ? 'run' : 'undo']: made } = stepOf(call);
      return made === undefined ? NOTHING : perform(call, made);
    },
  };
}

async function perform(call: StepCall, made: (call: StepCall) => Work): Promise<Result<WorkDone>> {
  const { signal } = call;
  if (signal.aborted) return CANCELLED;
  try {
    const work = made(call);
    if (work === undefined) return ok({});
    if (isGenerator(work)) return await drive(work, call);
    const outputs = work instanceof Promise ? await unlessAborted(work, signal) : work;
    return outputs === ABORTED ? CANCELLED : done(outputs);
  } catch (thrown) {
    return failureOf(thrown);
  }
}

async function drive(work: Generated, { signal, onEvent }: StepCall): Promise<Result<WorkDone>> {
  for (;;) {
    const next = await unlessAborted(work.next(), signal);
    if (next === ABORTED) {
      // It goes on to its next `yield`, and ends there.
      work.return().catch(() => undefined);
      return CANCELLED;
    }
    if (next.done === true) return done(next.value);
    onEvent(next.value);
  }
}

async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | typeof ABORTED> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return ABORTED;
  }
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<typeof ABORTED>((resolve) => {
    onAbort = () => resolve(ABORTED);
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function done(outputs: Outputs): Result<WorkDone> {
  return ok(outputs === undefined ? {} : { outputs });
}

function isGenerator(work: Generated | Promise<unknown> | JsonObject): work is Generated {
  return Symbol.asyncIterator in work;
}

function failureOf(thrown: unknown): Result<never> {
  if (thrown instanceof StepFailure) return fail(thrown.failure);
  if (thrown instanceof QuestionProblem) {
    return fail({ code: 'step/bad-value', message: thrown.message });
  }
  return fail({ code: 'step/failed', message: serializeError(thrown).message });
}
