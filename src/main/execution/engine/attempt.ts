import {
  fail,
  ok,
  serializeError,
  type Failure,
  type Json,
  type Result,
  type StepResult,
} from '#shared';
import { evaluateCondition } from '../graph/expression.ts';
import { resolveCommands, resolveValues } from '../graph/values.ts';
import type { StepOutcome } from '../machine/inputs.ts';
import type { StepScope } from '../step-scope.ts';
import type { StepSpec } from '../step-spec.ts';
import type { RunningStep } from './running-step.ts';
import type { StepCall, StepPerformer } from './step-performer.ts';

/** What one attempt of a step needs from the execution that it belongs to. */
export interface AttemptOptions {
  readonly step: StepSpec;
  /** Of its node: an item of a `forEach` has one of its own. */
  readonly name: string;
  /** The step itself is a `forEach`, and no item of one. */
  readonly isContainer: boolean;
  readonly attempt: number;
  readonly executionId: string;
  readonly scope: StepScope;
  readonly performer: StepPerformer;
  readonly running: RunningStep;
  readonly onEvent: StepCall['onEvent'];
  readonly askPerson: StepCall['askPerson'];
  /** Resolves when it is on the disk that the work of a step that must not run twice begins. */
  readonly working: () => Promise<void>;
  /** Why its signal was aborted: its own time limit, or somebody else's wish. */
  readonly isTimedOut: () => boolean;
  /** Of the failure and of everything in the result. */
  readonly clean: (text: string) => string;
  /** Does it hold something that must not be written down? */
  readonly isSecret: (value: Json) => boolean;
  readonly now: () => number;
}

/**
 * One attempt: is it wanted (`when`), of which items (`forEach`), is it done already (`check`), the
 * work, the proof (`verify`). Never rejects: whatever goes wrong is an outcome.
 */
export async function attemptStep(options: AttemptOptions): Promise<StepOutcome> {
  try {
    return unlessCalledOff(options, await attempt(options));
  } catch (thrown) {
    return outcomeOf(options, unexpected(thrown));
  }
}

async function attempt(options: AttemptOptions): Promise<StepOutcome> {
  const { step, running } = options;
  const call = (): Omit<StepCall, 'commands' | 'item'> => ({
    executionId: options.executionId,
    step,
    attempt: options.attempt,
    scope: options.scope,
    signal: running.abort.signal,
    onEvent: options.onEvent,
    askPerson: options.askPerson,
  });
  const ask = (part: 'when' | 'forEach' | 'check' | 'verify') =>
    options.performer.ask({ ...call(), part });

  const failed = (failure: Failure): StepOutcome => outcomeOf(options, failure);
  // An item of a `forEach` is as wanted as the step was.
  const isItem = options.scope.index !== undefined;
  if (!isItem && (step.when !== undefined || step.has.when)) {
    const wanted = await isWanted(step, options.scope, () => ask('when'));
    if (!wanted.ok) return failed(wanted.failure);
    if (!wanted.value) return skipped(options, 'when');
  }
  if (options.isContainer) {
    const items = await itemsOf(step, options.scope, () => ask('forEach'));
    if (!items.ok) return failed(items.failure);
    if (items.value.some(options.isSecret)) return failed(secretItems(step));
    return { kind: 'expanded', items: items.value };
  }
  if (step.has.check) {
    const done = await ask('check');
    if (!done.ok) return failed(done.failure);
    if (done.value === true) return skipped(options, 'check');
  }
  if (!step.idempotent && (step.has.check || step.has.when || step.when !== undefined)) {
    await options.working();
  }
  const done = await work(options, call());
  if (!done.ok) return failed(done.failure);
  if (step.has.verify) {
    const proof = await ask('verify');
    if (!proof.ok) return failed(proof.failure);
    if (proof.value !== true) return failed(notVerified(step));
  }
  return {
    kind: 'completed',
    result: resultOf(options, true, undefined, done.value),
    ...(running.secretOutputs.length === 0 ? {} : { secretOutputs: running.secretOutputs }),
  };
}

/**
 * Code that hears that it is called off may end early, and look as if it had come to its end. Then only
 * what surely was done counts: the rest fails, or runs again when the execution goes on.
 */
function unlessCalledOff(options: AttemptOptions, outcome: StepOutcome): StepOutcome {
  if (!options.running.abort.signal.aborted) return outcome;
  if (!options.isTimedOut() && isSurelyDone(options.step, outcome)) return outcome;
  if (outcome.kind === 'failed' || outcome.kind === 'cancelled') return outcome;
  const message = `The step "${options.step.name}" was called off.`;
  return outcomeOf(options, { code: 'step/cancelled', message });
}

function isSurelyDone({ work, idempotent, has }: StepSpec, outcome: StepOutcome): boolean {
  if (outcome.kind === 'skipped') return outcome.reason === 'check';
  if (outcome.kind !== 'completed') return false;
  // Without idempotency, to do again what may be done is worse than to miss what may be half done.
  return !idempotent || has.verify || isOfCommands(work);
}

/** Programs tell by how they exit whether they came to their end. */
function isOfCommands(work: StepSpec['work']): boolean {
  return work.kind === 'commands' || (work.kind === 'work' && work.item.type === 'command');
}

/** Undoes what a step did. */
export async function undoStep(options: AttemptOptions): Promise<Result<void>> {
  const resolved = resolveWork(options.step, options.scope);
  if (!resolved.ok) return resolved;
  const call = {
    ...resolved.value,
    part: 'undo' as const,
    executionId: options.executionId,
    step: options.step,
    attempt: options.attempt,
    scope: options.scope,
    signal: options.running.abort.signal,
    onEvent: options.onEvent,
    askPerson: options.askPerson,
  };
  try {
    const undone = await options.performer.perform(call);
    // However it ended then: the limit may be why.
    if (options.isTimedOut()) return fail(timedOut(options.step));
    return undone.ok ? ok(undefined) : undone;
  } catch (thrown) {
    return fail(unexpected(thrown));
  }
}

/** A performer gives its failures back; whatever it throws all the same must not end the app. */
function unexpected(thrown: unknown): Failure {
  return { code: 'step/failed', message: serializeError(thrown).message };
}

async function work(
  { step, scope, performer, onEvent }: AttemptOptions,
  call: Omit<StepCall, 'commands' | 'item'>,
): Promise<Result<{ readonly packagesUpdated?: number }>> {
  const resolved = resolveWork(step, scope);
  if (!resolved.ok) return resolved;
  const done = await performer.perform({ ...call, ...resolved.value, part: 'work' });
  if (!done.ok) return done;
  for (const [name, value] of Object.entries(done.value.outputs ?? {})) {
    if (value !== undefined) onEvent({ type: 'value', name, value });
  }
  const { packagesUpdated } = done.value;
  return ok(packagesUpdated === undefined ? {} : { packagesUpdated });
}

function resolveWork(
  { work }: StepSpec,
  scope: StepScope,
): Result<Pick<StepCall, 'commands' | 'item'>> {
  switch (work.kind) {
    case 'run':
      return ok({});
    case 'commands': {
      const commands = resolveCommands(work.commands, scope);
      return commands.ok ? ok({ commands: commands.value }) : commands;
    }
    case 'work': {
      const config = resolveValues(work.item.config, scope);
      return config.ok ? ok({ item: { type: work.item.type, config: config.value } }) : config;
    }
  }
}

async function isWanted(
  step: StepSpec,
  scope: StepScope,
  ask: () => Promise<Result<Json>>,
): Promise<Result<boolean>> {
  if (step.when !== undefined) return evaluateCondition(step.when, scope);
  const answer = await ask();
  return answer.ok ? ok(answer.value === true) : answer;
}

async function itemsOf(
  step: StepSpec,
  scope: StepScope,
  ask: () => Promise<Result<Json>>,
): Promise<Result<readonly Json[]>> {
  const items = await givenItems(step, scope, ask);
  if (!items.ok) return items;
  if (Array.isArray(items.value)) return ok(items.value as readonly Json[]);
  const message = `forEach of the step "${step.name}" must give a list.`;
  return fail({ code: 'step/bad-value', message });
}

/** The items are a part of the state, and so they are on the disk. */
function secretItems({ name }: StepSpec): Failure {
  const message = `forEach of the step "${name}" gives items that hold a secret, and items are written down.`;
  const hint = 'Go through names or numbers, and read the secret in the step itself.';
  return { code: 'step/bad-value', message, hint };
}

function givenItems(
  step: StepSpec,
  scope: StepScope,
  ask: () => Promise<Result<Json>>,
): Promise<Result<Json>> {
  if (step.forEach === undefined) return ask();
  return Promise.resolve(resolveValues<Json>(step.forEach as Json, scope));
}

function notVerified({ name }: StepSpec): Failure {
  const message = `The step "${name}" ended well, but its proof says that it did not take.`;
  return { code: 'step/not-verified', message };
}

function skipped(options: AttemptOptions, reason: 'when' | 'check'): StepOutcome {
  const result = { ...resultOf(options, true), skipped: true, attempts: options.attempt - 1 };
  return { kind: 'skipped', reason, result };
}

/** Failures that another attempt cannot mend. */
const FINAL: ReadonlySet<string> = new Set([
  'step/sudo-denied',
  'step/no-program',
  'step/bad-value',
  'execution/bad-work',
  'execution/no-executor',
]);

function outcomeOf(options: AttemptOptions, failure: Failure): StepOutcome {
  const { step, running } = options;
  if (options.isTimedOut()) {
    return { kind: 'failed', result: resultOf(options, false, timedOut(step)) };
  }
  const result = resultOf(options, false, failure);
  if (running.abort.signal.aborted) return { kind: 'cancelled', result };
  return { kind: 'failed', result, ...(FINAL.has(failure.code) ? { final: true } : {}) };
}

function timedOut({ name, timeoutSeconds }: StepSpec): Failure {
  const message = `The step "${name}" took longer than its ${timeoutSeconds ?? 0} s.`;
  return { code: 'step/timeout', message };
}

function resultOf(
  options: AttemptOptions,
  success: boolean,
  failure?: Failure,
  done?: { readonly packagesUpdated?: number },
): StepResult {
  const { name, running, attempt, clean } = options;
  const shown = Object.entries(running.outputs).filter(
    (entry): entry is [string, Json] =>
      entry[1] !== undefined && !running.secretOutputs.includes(entry[0]),
  );
  return {
    stepName: name,
    success,
    skipped: false,
    output: clean(running.output),
    ...(failure === undefined
      ? {}
      : { errorMessage: clean(failure.message), errorCode: failure.code }),
    durationSeconds: Math.max(0, options.now() - running.startedAt) / 1000,
    attempts: attempt,
    outputs: Object.fromEntries(shown),
    ...(done?.packagesUpdated === undefined ? {} : { packagesUpdated: done.packagesUpdated }),
    ...(Object.keys(running.metrics).length === 0 ? {} : { metrics: running.metrics }),
  };
}
