import { isStarter, leaveOut, markDone, raiseCompletion, takesPart } from './events.ts';
import { nameOf, reviewed, setPlugin, startedAt, stateOf, trace, type Draft } from './draft.ts';
import { canSkip, hasTheScreen, isStarted, present, start, traceScreen } from './life.ts';
import { eventAt, isCore, pluginAt } from './roster.ts';
import { ASKING, QUEUED, type ScreenRequest } from './state.ts';
import type { FlowOutcome } from '#shared';

/**
 * Takes the flow as far as it goes without news from outside: handles events one at a time, moves
 * the lane and the screen on, and decides about the core sequence when no event is left.
 */
export function settle(draft: Draft): void {
  for (;;) {
    if (draft.finished !== undefined) return;
    if (draft.stoppedBy !== undefined) {
      stop(draft, draft.stoppedBy);
      return;
    }
    // Who waits on the lane is ready when the one before has left it, before the next event is.
    moveOn(draft);
    const event = draft.pending.shift();
    if (event !== undefined) handle(draft, event);
    else if (!decideAboutCore(draft)) break;
  }
  announceWorking(draft);
}

/** Starts what waits for the event, in plan order; then it may be a handoff (rules 3 and 6). */
export function handle(draft: Draft, id: number): void {
  const { name, waiting, isHandoff } = eventAt(draft.roster, id);
  for (const index of waiting) if (isStarter(draft, index)) admit(draft, index);
  const hasBegun = draft.nextCore > 0;
  if (isHandoff && hasBegun && !coreIsBusy(draft)) handOff(draft, name);
}

/**
 * A plugin's turn has come: left out by its flag, onto the lane, or started beside it (rule 3). On an
 * idle lane it is ready at once, before those behind it in the plan.
 */
export function admit(draft: Draft, index: number): void {
  if (!takesPart(draft, index)) leaveOut(draft, index);
  else if (pluginAt(draft.roster, index).run_async) start(draft, index);
  else joinLane(draft, index);
  moveOn(draft);
}

/** Moves the lane's head and the screen on as far as they go. */
export function moveOn(draft: Draft): void {
  while (draft.stoppedBy === undefined && (advanceLane(draft) || advanceScreen(draft)));
}

/** Puts the next core plugin behind whatever is on the lane. */
export function joinNextCore(draft: Draft): void {
  if (draft.nextCore >= draft.roster.coreCount) return;
  joinLane(draft, draft.nextCore);
  draft.nextCore += 1;
  draft.control = 'core';
}

function joinLane(draft: Draft, index: number): void {
  setPlugin(draft, index, QUEUED);
  draft.lane = draft.lane.push(index);
}

/** The head of the lane starts; a visible one asks for the screen first (rule 4). */
function advanceLane(draft: Draft): boolean {
  const head = draft.lane.first();
  if (head === undefined || stateOf(draft, head).status !== 'queued') return false;
  if (isCore(draft.roster, head) && !coreTakesPart(draft, head)) {
    draft.lane = draft.lane.shift();
    leaveOut(draft, head);
  } else if (pluginAt(draft.roster, head).visible_in_ui) {
    setPlugin(draft, head, ASKING);
    draft.screenQueue = draft.screenQueue.push({ kind: 'plugin', plugin: head });
  } else {
    start(draft, head);
  }
  return true;
}

function coreTakesPart(draft: Draft, index: number): boolean {
  return !draft.needless.has(nameOf(draft, index)) && takesPart(draft, index);
}

/** Gives a free screen to who has asked first. Nothing interrupts what is shown (rule 4). */
function advanceScreen(draft: Draft): boolean {
  const next = draft.screenQueue.first();
  if (draft.screen !== undefined || draft.review !== undefined || next === undefined) return false;
  draft.screenQueue = draft.screenQueue.shift();
  draft.workingFor = undefined;
  show(draft, next);
  return true;
}

/** Puts a request on the screen, or what is under a review back on it. */
export function show(draft: Draft, request: ScreenRequest): void {
  draft.screen = request;
  const plugin = nameOf(draft, request.plugin);
  switch (request.kind) {
    case 'plugin':
      // A lane plugin runs only now that it has the screen.
      if (stateOf(draft, request.plugin).status === 'asking') start(draft, request.plugin);
      else present(draft, request.plugin);
      return;
    case 'failure':
      trace(draft, { type: 'screen.builtin', name: 'failure', plugin });
      draft.effects.push({ type: 'ask', plugin, canSkip: canSkip(draft, request.plugin) });
      return;
    case 'stop':
      trace(draft, { type: 'screen.builtin', name: 'stop', plugin });
  }
}

function coreIsBusy(draft: Draft): boolean {
  return draft.nextCore > 0 && stateOf(draft, draft.nextCore - 1).status !== 'done';
}

/** No event is left to handle: who goes on, the plan or the core sequence (rules 6 and 8)? */
function decideAboutCore(draft: Draft): boolean {
  // While earlier screens are shown again, nothing is decided: a person is still there.
  if (coreIsBusy(draft) || draft.review !== undefined) return false;
  const quiet = planIsQuiet(draft);
  if (draft.nextCore >= draft.roster.coreCount) {
    // A failure that a person is looking at, or will, is not cut off by the end.
    if (quiet && draft.screen === undefined && draft.screenQueue.isEmpty()) {
      finish(draft, 'completed');
    }
    return false;
  }
  if (draft.control === 'core') {
    if (quiet) joinNextCore(draft);
    else draft.control = 'plan';
    return quiet;
  }
  if (quiet) handOff(draft, 'quiescent');
  return quiet;
}

/** Nothing on the lane, shown or asking. A background failure's question holds nobody back. */
function planIsQuiet(draft: Draft): boolean {
  const holds = ({ kind, plugin }: ScreenRequest): boolean =>
    kind !== 'failure' || !pluginAt(draft.roster, plugin).run_async;
  return (
    draft.lane.isEmpty() &&
    (draft.screen === undefined || !holds(draft.screen)) &&
    !draft.screenQueue.some(holds)
  );
}

function handOff(draft: Draft, event: string): void {
  if (draft.nextCore >= draft.roster.coreCount) return;
  trace(draft, { type: 'handoff', event, to: nameOf(draft, draft.nextCore) });
  joinNextCore(draft);
}

/** With the lane busy and no screen asked for, the working screen shows (rule 4). */
function announceWorking(draft: Draft): void {
  const head = draft.lane.first();
  const busy = head !== undefined && isStarted(draft, head) ? head : undefined;
  const nobody = draft.screen === undefined && draft.review === undefined;
  const isAtWork = busy !== undefined && startedAt(draft, busy).phase !== 'failed';
  const working = nobody && isAtWork ? busy : undefined;
  if (working !== undefined && working !== draft.workingFor) {
    trace(draft, { type: 'screen.builtin', name: 'working', plugin: nameOf(draft, working) });
  }
  draft.workingFor = working;
}

/**
 * A failure stops the flow: nothing more starts and background work ends. The stop screen is next,
 * after whatever a person is looking at; with nobody to look, the flow is over (rule 5).
 */
function stop(draft: Draft, culprit: number): void {
  if (draft.mode.headless) {
    finish(draft, 'stopped');
    return;
  }
  const isUp = draft.screen?.kind === 'stop' || draft.screenQueue.first()?.kind === 'stop';
  if (!isUp) {
    for (const index of runningInBackground(draft)) {
      const isLookedAt = draft.screen?.plugin === index;
      if (index !== culprit && !isLookedAt) cancel(draft, index, 'cancelled');
    }
    draft.screenQueue = draft.screenQueue.unshift({ kind: 'stop', plugin: culprit });
  }
  advanceScreen(draft);
}

/** Ends the flow. What still runs is stopped gracefully and recorded as such (rule 8). */
export function finish(draft: Draft, outcome: FlowOutcome): void {
  closeWhatIsShown(draft);
  draft.stoppedBy = undefined;
  for (const [index, state] of draft.plugins.entries()) {
    if (state.status === 'started') cancel(draft, index, 'stopped');
  }
  // Whatever those would raise starts nothing any more.
  draft.pending = [];
  draft.screen = undefined;
  draft.screenQueue = draft.screenQueue.clear();
  draft.finished = outcome;
  draft.effects.push({ type: 'finish', outcome });
}

function closeWhatIsShown(draft: Draft): void {
  const { review, screen } = draft;
  if (review?.phase === 'screen') traceScreen(draft, 'screen.closed', reviewed(review));
  draft.review = undefined;
  if (screen === undefined || !hasTheScreen(draft, screen.plugin)) return;
  const { phase } = startedAt(draft, screen.plugin);
  if (review === undefined && phase === 'screen') {
    traceScreen(draft, 'screen.closed', screen.plugin);
  }
}

function cancel(draft: Draft, index: number, reason: 'cancelled' | 'stopped'): void {
  const { phase, failures, failuresInRound, open } = startedAt(draft, index);
  const plugin = nameOf(draft, index);
  draft.effects.push({ type: 'cancel', plugin });
  // Between two attempts, and after the last, there is no attempt that could have failed.
  const isBetween = phase === 'opening' && !open && failuresInRound > 0;
  if (phase !== 'failed' && !isBetween) {
    const message = reason === 'stopped' ? 'Setup ended before it was done.' : 'Setup was stopped.';
    trace(draft, { type: 'plugin.failed', plugin, reason, message, attempt: failures + 1 });
  }
  draft.screenQueue = draft.screenQueue.filterNot((request) => request.plugin === index);
  markDone(draft, index, 'failed');
  raiseCompletion(draft, index, 'failed');
}

function runningInBackground(draft: Draft): readonly number[] {
  const running: number[] = [];
  for (const [index, state] of draft.plugins.entries()) {
    const isBackground = !isCore(draft.roster, index) && pluginAt(draft.roster, index).run_async;
    if (state.status === 'started' && isBackground) running.push(index);
  }
  return running;
}
