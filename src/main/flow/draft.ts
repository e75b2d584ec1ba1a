import type { TraceEntry } from '#shared';
import type { FlowEffect } from './effects.ts';
import type { FlowState, PluginState, Review, StartedPlugin } from './state.ts';
import { pluginAt } from './roster.ts';

/**
 * One transition in the making: a shallow copy of the state whose fields may be replaced, with the
 * effects so far. It never leaves `transition`, which is therefore pure seen from outside.
 */
export type Draft = { -readonly [K in keyof Omit<FlowState, 'pending'>]: FlowState[K] } & {
  pending: number[];
  effects: FlowEffect[];
};

/** Opens a draft on a state. What it changes of the plugins is copied once, however often. */
export function draftOf(state: FlowState): Draft {
  const plugins = state.plugins.asMutable();
  return { ...state, plugins, pending: [...state.pending], effects: [] };
}

/**
 * Closes the draft: the next state and what to do. The draft itself becomes the state, without its
 * effects; copying it once more was a third of the cost of a hop.
 */
export function commit(draft: Draft): readonly [FlowState, readonly FlowEffect[]] {
  const { effects } = draft;
  draft.effects = NO_EFFECTS;
  draft.plugins = draft.plugins.asImmutable();
  return [draft, effects];
}

const NO_EFFECTS: FlowEffect[] = [];

export function trace(draft: Draft, entry: TraceEntry): void {
  draft.effects.push({ type: 'trace', entry });
}

/** The plugin's state. Positions come from the roster, so a miss is a bug. */
export function stateOf(draft: Pick<FlowState, 'plugins'>, index: number): PluginState {
  const state = draft.plugins.get(index);
  if (state === undefined) throw new Error(`no plugin at position ${index}`);
  return state;
}

/** The plugin's state where it must have started. */
export function startedAt(draft: Pick<FlowState, 'plugins'>, index: number): StartedPlugin {
  const state = stateOf(draft, index);
  if (state.status !== 'started')
    throw new Error(`plugin ${index} is ${state.status}, not started`);
  return state;
}

export function setPlugin(draft: Draft, index: number, state: PluginState): void {
  draft.plugins = draft.plugins.set(index, state);
}

export function update(draft: Draft, index: number, change: Partial<StartedPlugin>): void {
  setPlugin(draft, index, { ...startedAt(draft, index), ...change });
}

export function nameOf(draft: Pick<FlowState, 'roster'>, index: number): string {
  return pluginAt(draft.roster, index).name;
}

export function routeOf(draft: Pick<FlowState, 'roster'>, index: number): string {
  return pluginAt(draft.roster, index).plugin_route;
}

/** Which plugin is under review? */
export function reviewed(review: Review): number {
  const index = review.path.get(review.at);
  if (index === undefined) throw new Error(`nothing to review at ${review.at}`);
  return index;
}
