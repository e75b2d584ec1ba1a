import type { Json, JsonObject } from '#shared';
import type { PluginContext } from './index.ts';

/** What every function of a step is given. */
export interface StepContext<
  Answers extends JsonObject = JsonObject,
> extends PluginContext<Answers> {
  /** The answers that the execution was begun with: what `${{ inputs.NAME }}` means. */
  readonly inputs: Partial<Answers>;
  /** Outputs of the steps that it depends on, directly or not, by the names of the steps. */
  readonly steps: { readonly [step: string]: { readonly outputs: JsonObject } };
  /** Of a `forEach`: the item, and its place from 0. */
  readonly item: Json | undefined;
  readonly index: number | undefined;
  /** How often its work was begun by now; from 1. */
  readonly attempt: number;
}

/** How far the step is: 0..100, or nothing while that is unknown, and one line for a person. */
export interface StepProgress {
  readonly type: 'progress';
  readonly percent?: number;
  readonly message?: string;
}

/** Lines for the log of the step; `stdout` by default. */
export interface StepOutput {
  readonly type: 'output';
  readonly text: string;
  readonly stream?: 'stdout' | 'stderr';
}

/**
 * A named output for the steps that depend on this one. One that is `secret` is kept nowhere: not in a
 * log, not on the disk, not on a screen.
 */
export interface StepValue {
  readonly type: 'value';
  readonly name: string;
  readonly value: Json;
  readonly secret?: boolean;
}

/** A number worth keeping: bytes, files. The last one of a name counts. */
export interface StepMetric {
  readonly type: 'metric';
  readonly name: string;
  readonly value: number;
}

/**
 * Asks a person, on the screen or through the API; an answers file answers by `class`. The `yield` gives
 * the id of the action that was chosen, or of `default` where nobody is asked.
 */
export interface StepQuestion<Id extends string = string> {
  readonly type: 'question';
  readonly class: string;
  readonly text: string;
  readonly actions: readonly { readonly id: Id; readonly label: string }[];
  readonly default: NoInfer<Id>;
}

/** What a step's generator may yield. */
export type StepYield = StepProgress | StepOutput | StepValue | StepMetric | StepQuestion;

/** The work of a step as a generator. What it returns are named outputs. */
export type StepGenerator =
  | AsyncGenerator<StepYield, JsonObject | undefined, string | undefined>
  | AsyncGenerator<StepYield, void, string | undefined>;

/**
 * Asks a person, with the ids of the actions as the type of the answer:
 * `const answer = yield* ask({ class: 'overwrite', text, actions, default: 'keep' });`
 */
export function* ask<const Id extends string>(
  question: Omit<StepQuestion<Id>, 'type'>,
): Generator<StepQuestion<Id>, Id, string | undefined> {
  // One of its actions: the app takes no other answer.
  return (yield { type: 'question', ...question }) as Id;
}

/** A program that is run without a shell. Strings in `cmd`, `env` and `cwd` may hold `${{ }}`. */
export interface Command {
  /** Program and arguments, an array and never a shell string. */
  readonly cmd: readonly string[];
  /** What a person reads while it runs. */
  readonly description?: string;
  /** Run it with privilege, which must be possible without a password. */
  readonly sudo?: boolean;
  readonly timeoutSeconds?: number;
  readonly phase?: 'check' | 'download' | 'execute';
  /** Commands with the same name that follow each other are one step, in a plugin without `steps`. */
  readonly stepName?: string;
  /** From 1. */
  readonly stepNumber?: number;
  readonly totalSteps?: number;
  /** Exit codes other than 0 that pass. */
  readonly ignoreExitCodes?: readonly number[];
  /** Regular expressions: a match in the output fails a command that exits 0. */
  readonly errorPatterns?: readonly string[];
  /** Regular expressions: a match in the output passes a command that exits otherwise. */
  readonly successPatterns?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  /** Relative to the package of the plugin. */
  readonly cwd?: string;
}

/** Work for an executor of the app. Strings in `config` may hold `${{ }}`. */
export interface WorkItem {
  readonly type: string;
  readonly config: JsonObject;
}

interface StepFields<Answers extends JsonObject> {
  /** Unique among the steps. */
  readonly name: string;
  /** What a person reads while it runs. */
  readonly description: string;
  /** Names of steps that must have completed or been skipped. */
  readonly dependsOn?: readonly string[];
  /** Held while it runs; shared across all executions of the device. */
  readonly mutexes?: readonly string[];
  /** May it be run again after an interruption? By default it may. */
  readonly idempotent?: boolean;
  /** `true`: it is done already, and is skipped. */
  check?(ctx: StepContext<Answers>): boolean | Promise<boolean>;
  /** After the work: proves that it took. `false` fails the step. */
  verify?(ctx: StepContext<Answers>): boolean | Promise<boolean>;
  /** Takes back what it did, when a person cancels or a failure rolls back. */
  undo?(ctx: StepContext<Answers>): StepGenerator | Promise<void>;
  /** Runs at the end, whatever happened. */
  readonly always?: boolean;
  /** Of one attempt. */
  readonly timeoutSeconds?: number;
  readonly retry?: {
    /** From 1, which is no retry. */
    readonly maxAttempts: number;
    readonly backoff?: { readonly initialSeconds?: number; readonly maxSeconds?: number };
  };
  /** After its failure: stop what has not started, or go on with what does not depend on it. */
  readonly onError?: 'stop' | 'continue';
  /** Its share of the progress bar. By default learned, else 1. */
  readonly weight?: number;
  /** `false` skips it: a function, or an expression such as `${{ inputs.region }} == 'EU'`. */
  readonly when?: string | ((ctx: StepContext<Answers>) => boolean | Promise<boolean>);
  /** Runs it once per item: a list, one reference that gives a list, or a function. */
  readonly forEach?:
    | readonly Json[]
    | string
    | ((ctx: StepContext<Answers>) => readonly Json[] | Promise<readonly Json[]>);
  /** It says something at least this often, or is shown as stalled. */
  readonly heartbeatSeconds?: number;
  /** A regular expression: each match in its output is an updated package. */
  readonly packagesPattern?: string;
}

interface CommandsStep {
  /** Run one after the other; the first failure fails the step. */
  readonly commands: readonly Command[];
  /** Run all of them with privilege. */
  readonly sudo?: boolean;
  readonly run?: never;
  readonly work?: never;
}

interface RunStep<Answers extends JsonObject> {
  /** An async generator that yields what it has to say; a plain async function will do, too. */
  run(ctx: StepContext<Answers>): StepGenerator | Promise<JsonObject | undefined> | Promise<void>;
  readonly commands?: never;
  readonly work?: never;
  /** A function runs with the rights of its plugin: what needs more is a command. */
  readonly sudo?: never;
}

interface WorkStep {
  readonly work: WorkItem;
  readonly sudo?: never;
  readonly commands?: never;
  readonly run?: never;
}

/** One step of a plugin: exactly one of `commands`, `run` and `work`. */
export type Step<Answers extends JsonObject = JsonObject> = StepFields<Answers> &
  (CommandsStep | RunStep<Answers> | WorkStep);

/**
 * Gives a step its types; it changes nothing, so a plain object of the same shape works too.
 *
 * @example
 * const fetched = defineStep({
 *   name: 'download',
 *   description: 'Fetching the runtime',
 *   async *run(ctx) {
 *     yield { type: 'progress', percent: 50 };
 *     return { path: '/tmp/runtime.tgz' };
 *   },
 * });
 */
export function defineStep<Answers extends JsonObject = JsonObject>(
  step: Step<Answers>,
): Step<Answers> {
  return step;
}
