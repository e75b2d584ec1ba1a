import type { CheckedPlan, CorePluginEntry, SequencedPlugin } from '#shared';

/** What sequencing needs of a plan. Handed over directly, it may be larger than any plan file. */
export type SequencedPlan = Pick<CheckedPlan, 'handoff_events'> & {
  readonly plugins: readonly SequencedPlugin[];
};

/**
 * Everyone who can take part, by position: core plugins first, in their order, then plugins that
 * an earlier plan started, then the plan's. Made once for each plan, so that a hop needs no search.
 */
export interface Roster {
  readonly plugins: readonly SequencedPlugin[];
  readonly coreCount: number;
  readonly core: readonly CorePluginEntry[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Plan plugins that wait for an event, in plan order. */
  readonly waitingFor: ReadonlyMap<string, readonly number[]>;
  /** Plan plugins that wait for none, in plan order. */
  readonly withoutEvent: readonly number[];
  /** Every event that anyone can raise, numbered. */
  readonly eventIds: ReadonlyMap<string, number>;
  readonly handoffs: ReadonlySet<string>;
}

/** The event that the engine raises first of all (plan contract, section 1). */
export const SETUP_STARTED = 'SetupStarted';

/**
 * Numbers everyone. `carried` are plugins of an earlier plan that have started: they keep their old
 * definition, wait for nothing any more, and shadow a plugin of the same name.
 */
export function makeRoster(
  core: readonly CorePluginEntry[],
  plan: SequencedPlan,
  carried: readonly SequencedPlugin[] = [],
): Roster {
  const carriedNames = new Set(carried.map((plugin) => plugin.name));
  const fresh = plan.plugins.filter((plugin) => !carriedNames.has(plugin.name));
  const plugins = [...core, ...carried, ...fresh];
  const indexOf = new Map<string, number>();
  const waitingFor = new Map<string, number[]>();
  const withoutEvent: number[] = [];
  const eventIds = new Map<string, number>([[SETUP_STARTED, 0]]);
  const firstFresh = core.length + carried.length;
  for (const [index, plugin] of plugins.entries()) {
    indexOf.set(plugin.name, index);
    const { completed_event_name: raises, run_after_event_name: event } = plugin;
    if (raises !== undefined && !eventIds.has(raises)) eventIds.set(raises, eventIds.size);
    if (index < firstFresh) continue;
    if (event === undefined) {
      withoutEvent.push(index);
      continue;
    }
    const waiting = waitingFor.get(event);
    if (waiting === undefined) waitingFor.set(event, [index]);
    else waiting.push(index);
  }
  return {
    plugins,
    coreCount: core.length,
    core,
    indexOf,
    waitingFor,
    withoutEvent,
    eventIds,
    handoffs: new Set(plan.handoff_events),
  };
}

/** The plugin at a position. Positions come from the roster itself, so a miss is a bug. */
export function pluginAt(roster: Roster, index: number): SequencedPlugin {
  const plugin = roster.plugins[index];
  if (plugin === undefined) throw new Error(`no plugin at position ${index}`);
  return plugin;
}

/** Is this position a core plugin's? */
export function isCore(roster: Roster, index: number): boolean {
  return index < roster.coreCount;
}
