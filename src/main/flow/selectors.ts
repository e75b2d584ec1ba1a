import type { BuiltinScreen, FlowOutcome } from '#shared';
import { canGoBack } from './back.ts';
import { nameOf, reviewed, stateOf } from './draft.ts';
import { canSkip } from './life.ts';
import { eventAt, SETUP_STARTED_ID, type Roster } from './roster.ts';
import type { FailureReason, FlowState, Phase } from './state.ts';

/** What is on the screen at this moment. There is exactly one thing at any time. */
export type Shown =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'screen'; readonly plugin: string; readonly canGoBack: boolean }
  | {
      readonly kind: Extract<BuiltinScreen, 'failure' | 'stop'>;
      readonly plugin: string;
      readonly failure: FailureReason;
      readonly canSkip: boolean;
    }
  | { readonly kind: 'working'; readonly plugin: string }
  | { readonly kind: 'finished'; readonly outcome: FlowOutcome };

const UNKNOWN: FailureReason = { reason: 'failed', message: '' };

/** Derives what is shown from the state, so that nobody has to keep it. */
export function shownOf(state: FlowState): Shown {
  const { review, screen } = state;
  if (state.finished !== undefined) return { kind: 'finished', outcome: state.finished };
  if (review !== undefined) {
    const plugin = nameOf(state, reviewed(review));
    if (review.phase === 'failed') {
      const failure = review.lastFailure ?? UNKNOWN;
      return { kind: 'failure', plugin, failure, canSkip: true };
    }
    return ownScreen(state, plugin, review.phase);
  }
  if (screen !== undefined) {
    const plugin = nameOf(state, screen.plugin);
    const started = stateOf(state, screen.plugin);
    if (started.status !== 'started') return { kind: 'nothing' };
    if (screen.kind === 'plugin') return ownScreen(state, plugin, started.phase);
    const failure = started.lastFailure ?? UNKNOWN;
    return { kind: screen.kind, plugin, failure, canSkip: canSkip(state, screen.plugin) };
  }
  const head = state.lane.first();
  if (head === undefined || stateOf(state, head).status !== 'started') return { kind: 'nothing' };
  return { kind: 'working', plugin: nameOf(state, head) };
}

/**
 * How many plugins can have their turn: core plugins, and those of the plan that some chain of
 * events leads to. The measure of the progress bar.
 */
export function expectedCount(roster: Roster): number {
  const waiting = new Set(roster.events.flatMap((event) => event.waiting));
  const due = roster.plugins.map((_, index) => index).filter((index) => !waiting.has(index));
  const expected = new Set([...due, ...eventAt(roster, SETUP_STARTED_ID).waiting]);
  // A set grows while it is walked, and gives everyone once.
  for (const index of expected) {
    const event = roster.raises[index];
    for (const next of event === undefined ? [] : eventAt(roster, event).waiting)
      expected.add(next);
  }
  return expected.size;
}

function ownScreen(state: FlowState, plugin: string, phase: Phase): Shown {
  if (phase !== 'screen') return { kind: 'working', plugin };
  return { kind: 'screen', plugin, canGoBack: canGoBack(state) };
}

/** Has the flow taken note of a plugin's completion, whatever its outcome? */
export function isDone(state: FlowState, name: string): boolean {
  const index = state.roster.indexOf.get(name);
  return index !== undefined && state.plugins.get(index)?.status === 'done';
}
