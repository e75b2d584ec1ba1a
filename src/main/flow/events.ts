import type { Outcome } from '#shared';
import { nameOf, setPlugin, stateOf, trace, type Draft } from './draft.ts';
import { eventAt, pluginAt } from './roster.ts';
import type { FlagAnswer } from './state.ts';

/**
 * Raises an event: recorded now, handled in its turn. Events are sticky, and a repeated one is
 * recorded and starts nothing (plan contract, section 4, rules 1 and 2).
 */
export function raise(draft: Draft, id: number, source: string, outcome: Outcome): void {
  trace(draft, { type: 'event.raised', event: eventAt(draft.roster, id).name, source, outcome });
  if (draft.raised.get(id) !== 0) return;
  draft.raisedCount += 1;
  draft.raised = draft.raised.set(id, draft.raisedCount);
  draft.pending.push(id);
}

/** Raises what a plugin raises when it is done, if anything. */
export function raiseCompletion(draft: Draft, index: number, outcome: Outcome): void {
  const name = nameOf(draft, index);
  trace(draft, { type: 'plugin.completed', plugin: name, outcome });
  const event = draft.roster.raises[index];
  if (event !== undefined) raise(draft, event, name, outcome);
}

/** A plugin that takes no part is done at once, without having started; its chain goes on. */
export function leaveOut(draft: Draft, index: number): void {
  setPlugin(draft, index, { status: 'done', outcome: 'skipped', started: false });
  draft.doneCount += 1;
  raiseCompletion(draft, index, 'skipped');
}

/** Does its flag let the plugin take part on this device? The evaluation is recorded. */
export function takesPart(draft: Draft, index: number): boolean {
  const condition = pluginAt(draft.roster, index).when_flag;
  if (condition === undefined) return true;
  // The checker refuses plans that name unknown flags; one handed over directly counts as off.
  const answer: FlagAnswer = draft.flags[condition.flag] ?? {
    variant: '',
    value: undefined,
    reason: 'FLAG_NOT_FOUND',
  };
  trace(draft, {
    type: 'flag.evaluated',
    flag: condition.flag,
    variant: answer.variant,
    reason: answer.reason,
    plugin: nameOf(draft, index),
  });
  return condition.is === undefined ? answer.value === true : answer.variant === condition.is;
}

/** Whom an event starts: plugins that wait for it and have not been started, in plan order. */
export function startersOf(draft: Draft, id: number): readonly number[] {
  const { waiting } = eventAt(draft.roster, id);
  return waiting.filter((index) => stateOf(draft, index).status === 'waiting');
}
