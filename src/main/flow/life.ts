import { markDone, raiseCompletion } from './events.ts';
import {
  nameOf,
  routeOf,
  setPlugin,
  startedAt,
  stateOf,
  trace,
  update,
  type Draft,
} from './draft.ts';
import { isCore, pluginAt } from './roster.ts';
import type { FailureReason } from './state.ts';
import type { Outcome } from '#shared';

// The life of one plugin, from its start to its completion. What comes before (lane, screen queue)
// and after (events, core sequence) is decided elsewhere.

/** Starts a plugin. A visible background plugin asks for the screen now; a lane plugin has it. */
export function start(draft: Draft, index: number): void {
  const plugin = pluginAt(draft.roster, index);
  const core = isCore(draft.roster, index);
  const background = plugin.run_async && !core;
  trace(draft, {
    type: 'plugin.started',
    plugin: plugin.name,
    core,
    after: core ? null : (plugin.run_after_event_name ?? null),
    lane: background ? 'background' : 'foreground',
  });
  setPlugin(draft, index, {
    status: 'started',
    phase: 'opening',
    answered: false,
    failures: 0,
    failuresInRound: 0,
    open: false,
    hasScreen: false,
  });
  if (background && plugin.visible_in_ui) {
    draft.screenQueue = draft.screenQueue.push({ kind: 'plugin', plugin: index });
  }
  open(draft, index, 0);
}

/** Has the plugin's process brought up. Core and simulated plugins have none, and are up at once. */
export function open(draft: Draft, index: number, delayRound: number): void {
  if (delayRound === 0 && (draft.mode.simulated || isCore(draft.roster, index))) {
    opened(draft, index, pluginAt(draft.roster, index).visible_in_ui);
    return;
  }
  const { name, run_after_event_name: after } = pluginAt(draft.roster, index);
  draft.effects.push({ type: 'open', plugin: name, after, delayRound });
}

/** Its process is up: a headless plugin works at once, a visible one when it has the screen. */
export function opened(draft: Draft, index: number, hasScreen: boolean): void {
  update(draft, index, { open: true, hasScreen });
  if (!pluginAt(draft.roster, index).visible_in_ui) work(draft, index);
  else if (hasTheScreen(draft, index)) present(draft, index);
}

/** Shows a plugin that has the screen and is up: its own screen, else its work. */
export function present(draft: Draft, index: number): void {
  const state = startedAt(draft, index);
  if (!state.open) return;
  if (state.phase === 'work') {
    trace(draft, { type: 'screen.builtin', name: 'working', plugin: nameOf(draft, index) });
    return;
  }
  if (state.hasScreen && !state.answered) {
    update(draft, index, { phase: 'screen' });
    traceScreen(draft, 'screen.shown', index);
    draft.effects.push({ type: 'show', plugin: nameOf(draft, index) });
    return;
  }
  trace(draft, { type: 'screen.builtin', name: 'working', plugin: nameOf(draft, index) });
  work(draft, index);
}

/** The plugin's screen was completed with answers. */
export function answered(draft: Draft, index: number, hasWork: boolean): void {
  if (hasTheScreen(draft, index)) traceScreen(draft, 'screen.closed', index);
  update(draft, index, { answered: true, phase: 'opening' });
  if (!hasWork) complete(draft, index, 'completed');
  else if (hasTheScreen(draft, index)) present(draft, index);
  else work(draft, index);
}

/** Ends a plugin and raises its event, whatever the outcome (rule 5). */
export function complete(draft: Draft, index: number, outcome: Outcome): void {
  const state = startedAt(draft, index);
  const plugin = pluginAt(draft.roster, index);
  if (state.phase === 'screen' && hasTheScreen(draft, index)) {
    traceScreen(draft, 'screen.closed', index);
  }
  releaseScreen(draft, index);
  leaveLane(draft, index);
  markDone(draft, index, outcome);
  remember(draft, index, state.answered && state.hasScreen && outcome === 'completed');
  if ('no_return' in plugin && plugin.no_return === true) draft.history = draft.history.clear();
  raiseCompletion(draft, index, outcome);
}

/** One attempt failed: try again by itself, else go by `on_failure` (rule 5). */
export function attemptFailed(draft: Draft, index: number, failure: FailureReason): void {
  const state = startedAt(draft, index);
  const plugin = pluginAt(draft.roster, index);
  const failures = state.failures + 1;
  const failuresInRound = state.failuresInRound + 1;
  trace(draft, { type: 'plugin.failed', plugin: plugin.name, ...failure, attempt: failures });
  if (state.phase === 'screen' && hasTheScreen(draft, index)) {
    traceScreen(draft, 'screen.closed', index);
  }
  const next = { failures, failuresInRound, open: false, lastFailure: failure } as const;
  // What somebody stopped is not begun again behind their back (executions, section 3).
  if (failure.reason !== 'cancelled' && failuresInRound <= plugin.retries) {
    update(draft, index, { ...next, phase: 'opening' });
    open(draft, index, failuresInRound);
    return;
  }
  update(draft, index, { ...next, phase: 'failed' });
  // A core plugin always asks: whether Skip is offered is for `skippable` to say (section 3).
  const policy = isCore(draft.roster, index) ? 'ask' : plugin.on_failure;
  if (policy === 'skip') {
    complete(draft, index, 'failed');
  } else {
    releaseScreen(draft, index);
    if (policy === 'ask') {
      draft.screenQueue = draft.screenQueue.push({ kind: 'failure', plugin: index });
    } else {
      draft.stoppedBy ??= index;
    }
  }
}

/** A person chose Retry: one new round of attempts. A visible plugin keeps the screen for it. */
export function retry(draft: Draft, index: number): void {
  update(draft, index, { phase: 'opening', failuresInRound: 0 });
  const isAsked = draft.screen?.plugin === index;
  if (isAsked) draft.screen = undefined;
  if (pluginAt(draft.roster, index).visible_in_ui) {
    const request = { kind: 'plugin', plugin: index } as const;
    if (isAsked) draft.screen = request;
    else draft.screenQueue = draft.screenQueue.push(request);
  }
  open(draft, index, 0);
}

/** Is this plugin's own place on the screen what a person sees? */
export function hasTheScreen(draft: Draft, index: number): boolean {
  return (
    draft.review === undefined && draft.screen?.kind === 'plugin' && draft.screen.plugin === index
  );
}

/** May a person skip this plugin after a failure? Core plugins only where core.toml says so. */
export function canSkip(draft: Pick<Draft, 'roster'>, index: number): boolean {
  const plugin = pluginAt(draft.roster, index);
  return isCore(draft.roster, index) ? 'skippable' in plugin && plugin.skippable === true : true;
}

/** Gives up the plugin's place on the screen and in the queue for it. */
function releaseScreen(draft: Draft, index: number): void {
  if (draft.screen?.plugin === index) draft.screen = undefined;
  // A hop of headless work must not cost a walk through the queue.
  else if (pluginAt(draft.roster, index).visible_in_ui) {
    draft.screenQueue = draft.screenQueue.filterNot((request) => request.plugin === index);
  }
}

export function traceScreen(draft: Draft, type: 'screen.shown' | 'screen.closed', index: number) {
  trace(draft, { type, plugin: nameOf(draft, index), route: routeOf(draft, index) });
}

function work(draft: Draft, index: number): void {
  const { failures } = startedAt(draft, index);
  update(draft, index, { phase: 'work' });
  draft.effects.push({ type: 'work', plugin: nameOf(draft, index), attempt: failures + 1 });
}

function leaveLane(draft: Draft, index: number): void {
  if (draft.lane.first() === index) draft.lane = draft.lane.shift();
}

function remember(draft: Draft, index: number, wasAnswered: boolean): void {
  if (wasAnswered) draft.history = draft.history.push(index);
}

/** Is anybody at this position running, or waiting for a person after a failure? */
export function isStarted(draft: Pick<Draft, 'plugins'>, index: number): boolean {
  return stateOf(draft, index).status === 'started';
}
