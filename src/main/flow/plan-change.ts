import { List } from 'immutable';
import type { PlanInfo } from '#shared';
import { callOffReview } from './back.ts';
import { nameOf, stateOf, trace, type Draft } from './draft.ts';
import { isStarter, raisedEvents } from './events.ts';
import { complete } from './life.ts';
import { eventAt, makeRoster, pluginAt, type Roster, type SequencedPlan } from './roster.ts';
import { admit } from './sequence.ts';
import {
  WAITING,
  type FailureReason,
  type FlagAnswers,
  type PluginState,
  type ScreenRequest,
} from './state.ts';

/**
 * Another plan replaces everything that has not started, which includes what is only queued. What
 * has started keeps its definition and finishes, and its event counts (rule 7). A plan that is
 * withdrawn has failed: its plugins are not waited for.
 */
export function changePlan(
  draft: Draft,
  change: {
    readonly plan: SequencedPlan;
    readonly info: PlanInfo;
    readonly flags: FlagAnswers;
    readonly withdrawn?: FailureReason;
  },
): void {
  moveToRoster(draft, change.plan);
  draft.flags = change.flags;
  trace(draft, { type: 'plan.activated', ...change.info });
  if (change.withdrawn !== undefined) endStarted(draft, change.withdrawn);
  // While a stop is up nothing starts; Retry starts what is due by then.
  if (draft.stoppedBy === undefined) startWhatIsDue(draft);
}

/**
 * Plugins whose event was raised already start now, in the order of the events, then in plan order;
 * those without an event join behind (rule 1).
 */
export function startWhatIsDue(draft: Draft): void {
  for (const id of raisedEvents(draft)) {
    for (const index of eventAt(draft.roster, id).waiting) {
      if (isStarter(draft, index)) admit(draft, index);
    }
  }
  for (const index of draft.roster.withoutEvent) {
    if (isStarter(draft, index)) admit(draft, index);
  }
}

/**
 * Ends every plugin of a plan that was in force until now, as failed: its event is raised, so that
 * what the plan in force now hangs on it goes on. Its screens are not gone back to either.
 */
function endStarted(draft: Draft, why: FailureReason): void {
  const isPlans = (index: number): boolean => index >= draft.roster.coreCount;
  const { review } = draft;
  draft.history = draft.history.filterNot(isPlans);
  if (draft.stoppedBy !== undefined && isPlans(draft.stoppedBy)) draft.stoppedBy = undefined;
  draft.screenQueue = draft.screenQueue.filterNot(({ plugin }) => isPlans(plugin));
  for (const [index, state] of [...draft.plugins.entries()]) {
    if (!isPlans(index) || state.status !== 'started') continue;
    const attempt = state.failures + 1;
    // One that is being asked about has no attempt that could fail.
    if (state.phase !== 'failed') {
      trace(draft, { type: 'plugin.failed', plugin: nameOf(draft, index), ...why, attempt });
    }
    complete(draft, index, 'failed');
  }
  if (review?.path.some(isPlans) === true) callOffReview(draft, review);
}

/** Gives everyone a position in the new plan's roster, and drops what has not started. */
function moveToRoster(draft: Draft, plan: SequencedPlan): void {
  const { roster: old } = draft;
  const kept = keptPositions(draft);
  const carried = kept.filter((index) => index >= old.coreCount);
  const roster = makeRoster(
    old.core,
    plan,
    carried.map((index) => pluginAt(old, index)),
  );
  const moved = new Map(kept.map((index) => [index, positionOf(roster, nameOf(draft, index))]));
  const keep = (index: number): readonly number[] => {
    const position = moved.get(index);
    return position === undefined ? [] : [position];
  };
  const keepRequest = (request: ScreenRequest): readonly ScreenRequest[] =>
    keep(request.plugin).map((plugin) => ({ ...request, plugin }));
  const keepOptional = (index: number | undefined): number | undefined =>
    index === undefined ? undefined : moved.get(index);

  const plugins: PluginState[] = roster.plugins.map(() => WAITING);
  for (const [index, position] of moved) plugins[position] = stateOf(draft, index);
  // Whoever raised an event has started, or was left out, and so is in the new roster too.
  const ids = new Map(roster.events.map(({ name }, id) => [name, id]));
  const idOf = (id: number): number => ids.get(eventAt(old, id).name) ?? -1;
  draft.pending = draft.pending.map(idOf);
  draft.roster = roster;
  draft.plugins = List(plugins);
  draft.lane = draft.lane.flatMap(keep);
  draft.screenQueue = draft.screenQueue.flatMap(keepRequest);
  draft.screen = draft.screen === undefined ? undefined : keepRequest(draft.screen)[0];
  draft.history = draft.history.flatMap(keep);
  const { review } = draft;
  if (review !== undefined) draft.review = { ...review, path: review.path.flatMap(keep) };
  draft.workingFor = keepOptional(draft.workingFor);
  draft.stoppedBy = keepOptional(draft.stoppedBy);
}

function positionOf(roster: Roster, name: string): number {
  const position = roster.indexOf.get(name);
  if (position === undefined) throw new Error(`the plugin ${name} has no position`);
  return position;
}

/** Core plugins, and whatever has started or is done. */
function keptPositions(draft: Draft): readonly number[] {
  return draft.plugins
    .toArray()
    .flatMap((state, index) =>
      index < draft.roster.coreCount || state.status === 'started' || state.status === 'done'
        ? [index]
        : [],
    );
}
