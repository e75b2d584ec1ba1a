import type { Outcome, SequencedPlugin } from '#shared';
import { nameOf, setPlugin, stateOf, trace, type Draft } from './draft.ts';
import { eventAt, pluginAt, SETUP_STARTED_ID } from './roster.ts';
import type { FlagAnswer, FlagAnswers } from './state.ts';

/** Raises the event that the engine itself raises, first of all. */
export function raiseSetupStarted(draft: Draft): void {
  raise(draft, SETUP_STARTED_ID, { source: 'engine', outcome: 'completed', isFirst: true });
}

/** Raises what a plugin that is done raises, if anything. */
export function raiseCompletion(draft: Draft, index: number, outcome: Outcome): void {
  const name = nameOf(draft, index);
  trace(draft, { type: 'plugin.completed', plugin: name, outcome });
  const id = draft.roster.raises[index];
  if (id === undefined) return;
  const isFirst = id !== SETUP_STARTED_ID && !isDoneByAnother(draft, id, index);
  raise(draft, id, { source: name, outcome, isFirst });
}

/**
 * Events are recorded now and handled in their turn. They are sticky, and a repeated one is recorded
 * and starts nothing (plan contract, section 4, rules 1 and 2).
 */
function raise(
  draft: Draft,
  id: number,
  how: { readonly source: string; readonly outcome: Outcome; readonly isFirst: boolean },
): void {
  const { source, outcome, isFirst } = how;
  trace(draft, { type: 'event.raised', event: eventAt(draft.roster, id).name, source, outcome });
  if (!isFirst) return;
  draft.pending.push(id);
}

/** Was the event raised before? Who is done has raised it, so that need not be kept besides. */
function isDoneByAnother(draft: Draft, id: number, index: number): boolean {
  const { raisedBy } = eventAt(draft.roster, id);
  return raisedBy.some((other) => other !== index && stateOf(draft, other).status === 'done');
}

/** A plugin that takes no part is done at once, without having started; its chain goes on. */
export function leaveOut(draft: Draft, index: number): void {
  markDone(draft, index, 'skipped');
  raiseCompletion(draft, index, 'skipped');
}

/** Writes a plugin off as done, in its place in the order of completions. */
export function markDone(draft: Draft, index: number, outcome: Outcome): void {
  setPlugin(draft, index, { status: 'done', outcome, order: draft.doneCount });
  draft.doneCount += 1;
}

/** Does its flag let the plugin take part on this device? The evaluation is recorded. */
export function takesPart(draft: Draft, index: number): boolean {
  const plugin = pluginAt(draft.roster, index);
  if (plugin.when_flag === undefined) return true;
  const { flag } = plugin.when_flag;
  const { variant, reason } = answerTo(flag, draft.flags);
  trace(draft, { type: 'flag.evaluated', flag, variant, reason, plugin: plugin.name });
  return takesPartWith(plugin, draft.flags);
}

/** Would these answers let the plugin take part? */
export function takesPartWith(
  { when_flag: condition }: SequencedPlugin,
  flags: FlagAnswers,
): boolean {
  if (condition === undefined) return true;
  const answer = answerTo(condition.flag, flags);
  return condition.is === undefined ? answer.value === true : answer.variant === condition.is;
}

/** The checker refuses plans that name unknown flags; one handed over directly counts as off. */
function answerTo(flag: string, flags: FlagAnswers): FlagAnswer {
  return flags[flag] ?? { variant: '', value: undefined, reason: 'FLAG_NOT_FOUND' };
}

/** Does the event start this plugin? A plugin starts at most once (rule 2). */
export function isStarter(draft: Draft, index: number): boolean {
  return stateOf(draft, index).status === 'waiting';
}

/**
 * Numbers of the events that were raised, in the order in which they first were: that of the
 * completions that raised them, behind the engine's own.
 */
export function raisedEvents(draft: Draft): readonly number[] {
  const { events } = draft.roster;
  const earlier = (least: number, index: number): number => {
    const state = stateOf(draft, index);
    return state.status === 'done' ? Math.min(least, state.order) : least;
  };
  return events
    .map(({ raisedBy }, id) => ({
      id,
      order: id === SETUP_STARTED_ID ? -1 : raisedBy.reduce(earlier, Infinity),
    }))
    .filter(({ order }) => order < Infinity)
    .sort((a, b) => a.order - b.order)
    .map(({ id }) => id);
}
