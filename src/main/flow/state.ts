import { List } from 'immutable';
import type { FlowOutcome, Outcome } from '#shared';
import type { Roster } from './roster.ts';

/**
 * Where a plugin that has started is:
 * `opening` its process, showing its `screen`, doing its `work`, or `failed` with its retries spent
 * and a person to be asked.
 */
export type Phase = 'opening' | 'screen' | 'work' | 'failed';

/**
 * One plugin's place in the flow. `queued` on the lane; `asking` at the head of the lane, waiting
 * for the screen.
 */
export type PluginState =
  | { readonly status: 'waiting' | 'queued' | 'asking' }
  | {
      readonly status: 'started';
      readonly phase: Phase;
      /** Its screen was answered: from now on an attempt goes straight to its work. */
      readonly answered: boolean;
      /** Failed attempts in the whole session, and since the last time a person chose Retry. */
      readonly failures: number;
      readonly failuresInRound: number;
      /** Its process is up (again). */
      readonly open: boolean;
      readonly hasScreen: boolean;
      readonly lastFailure?: FailureReason;
    }
  | {
      readonly status: 'done';
      readonly outcome: Outcome;
      /** How many were done before it: the order of completions, and so of events. */
      readonly order: number;
    };

export type StartedPlugin = Extract<PluginState, { status: 'started' }>;

/** Why an attempt failed, as the trace and the failure screen have it. */
export interface FailureReason {
  readonly reason: string;
  readonly message: string;
}

/** A place in the one queue for the screen: a plugin's own, the question after its failure, a stop. */
export interface ScreenRequest {
  readonly kind: 'plugin' | 'failure' | 'stop';
  readonly plugin: number;
}

/** Earlier screens shown again. The screen that Back was pressed on keeps its place underneath. */
export interface Review {
  /** The completed screens as they were when Back was pressed: going forward leads through them. */
  readonly path: List<number>;
  /** Position in `path` of what is shown. */
  readonly at: number;
  readonly phase: Phase;
  readonly lastFailure?: FailureReason;
}

/** What a flag gives on this device. */
export interface FlagAnswer {
  readonly variant: string;
  readonly value: unknown;
  readonly reason: string;
}

/** By flag name. */
export type FlagAnswers = { readonly [flag: string]: FlagAnswer };

/** How this session is driven. */
export interface FlowMode {
  /** No screen and nobody to ask: a stop finishes at once. */
  readonly headless: boolean;
  /** No process is started: whoever has the screen shows it at once. */
  readonly simulated: boolean;
}

/**
 * The whole flow at one moment. Never changed in place: `transition` makes the next one, sharing
 * what stayed the same, so that a hop among 10,000 plugins costs what it costs among 100.
 */
export interface FlowState {
  readonly mode: FlowMode;
  readonly roster: Roster;
  readonly flags: FlagAnswers;
  /** Core plugins that would have nothing to ask now, such as Wi-Fi on a working wired link. */
  readonly needless: ReadonlySet<string>;
  /** By roster position. */
  readonly plugins: List<PluginState>;
  /** Numbers of events that were raised for the first time and not handled yet. */
  readonly pending: readonly number[];
  /** The foreground: first in, first out, one at a time. */
  readonly lane: List<number>;
  readonly screenQueue: List<ScreenRequest>;
  /** Who has the screen. */
  readonly screen: ScreenRequest | undefined;
  readonly review: Review | undefined;
  /** Visible plugins whose screens were completed, since the last point of no return. */
  readonly history: List<number>;
  /** Headless work on the lane for which the working screen was last announced. */
  readonly workingFor: number | undefined;
  /** Position of the core plugin that is next to join the lane. */
  readonly nextCore: number;
  /** `plan`: only a handoff, or quiet, brings the core sequence back. */
  readonly control: 'core' | 'plan';
  /** The plugin whose failure stopped the flow. */
  readonly stoppedBy: number | undefined;
  readonly doneCount: number;
  readonly finished: FlowOutcome | undefined;
}

export const WAITING: PluginState = { status: 'waiting' };
export const QUEUED: PluginState = { status: 'queued' };
export const ASKING: PluginState = { status: 'asking' };

/** The flow before anything was raised. */
export function initialState(options: {
  readonly roster: Roster;
  readonly flags: FlagAnswers;
  readonly mode: FlowMode;
}): FlowState {
  const { roster, flags, mode } = options;
  return {
    mode,
    roster,
    flags,
    needless: new Set(),
    plugins: List<PluginState>(roster.plugins.map(() => WAITING)),
    pending: [],
    lane: List<number>(),
    screenQueue: List<ScreenRequest>(),
    screen: undefined,
    review: undefined,
    history: List<number>(),
    workingFor: undefined,
    nextCore: 0,
    control: 'core',
    stoppedBy: undefined,
    doneCount: 0,
    finished: undefined,
  };
}
