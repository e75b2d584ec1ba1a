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
  /** Plan plugins that wait for none, in plan order. */
  readonly withoutEvent: readonly number[];
  /** Every event that is raised, waited for or a handoff; its number is its position. */
  readonly events: readonly RosterEvent[];
  /** By position of a plugin: the number of the event that it raises when it is done. */
  readonly raises: readonly (number | undefined)[];
}

/** One event, and what it leads to. */
export interface RosterEvent {
  readonly name: string;
  /** Plan plugins that wait for it, in plan order. */
  readonly waiting: readonly number[];
  /** Whoever raises it when done. */
  readonly raisedBy: readonly number[];
  readonly isHandoff: boolean;
}

/** The event that the engine raises first of all (plan contract, section 1). */
const SETUP_STARTED = 'SetupStarted';
export const SETUP_STARTED_ID = 0;

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
  const isFresh = ({ name }: SequencedPlugin): boolean => !carriedNames.has(name);
  const fresh = carriedNames.size === 0 ? plan.plugins : plan.plugins.filter(isFresh);
  const plugins = [...core, ...carried, ...fresh];
  const firstFresh = core.length + carried.length;
  const indexOf = new Map<string, number>();
  const withoutEvent: number[] = [];
  const handoffs = new Set(plan.handoff_events);
  const events: (RosterEvent & { readonly waiting: number[]; readonly raisedBy: number[] })[] = [];
  const ids = new Map<string, number>();
  const idOf = (name: string): number => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    ids.set(name, events.length);
    return events.push({ name, waiting: [], raisedBy: [], isHandoff: handoffs.has(name) }) - 1;
  };
  idOf(SETUP_STARTED);
  const raises = plugins.map(({ completed_event_name: name }, index) => {
    if (name === undefined) return undefined;
    const id = idOf(name);
    events[id]?.raisedBy.push(index);
    return id;
  });
  for (const [index, plugin] of plugins.entries()) {
    indexOf.set(plugin.name, index);
    const { run_after_event_name: event } = plugin;
    if (index < firstFresh) continue;
    if (event === undefined) withoutEvent.push(index);
    else events[idOf(event)]?.waiting.push(index);
  }
  return { plugins, coreCount: core.length, core, indexOf, withoutEvent, events, raises };
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

/** The event of a number. Numbers come from the roster itself, so a miss is a bug. */
export function eventAt(roster: Roster, id: number): RosterEvent {
  const event = roster.events[id];
  if (event === undefined) throw new Error(`no event has the number ${id}`);
  return event;
}
