import type { CheckedCore, CheckedPlan, FlagCondition } from '#shared';
import { analyseEvents, SETUP_STARTED, type EventAnalysis, type Raiser } from './event-analysis.ts';

/** A plugin, core or not, as the pictures show it. */
export interface GraphPlugin {
  readonly kind: 'core' | 'plugin';
  readonly id: string;
  readonly name: string;
  readonly visible: boolean;
  /** `background` starts beside the others, `foreground` waits for its turn. */
  readonly lane: 'foreground' | 'background';
  /** Does it ever start? Core plugins always do. */
  readonly starts: boolean;
  readonly after?: string;
  readonly completes?: string;
  readonly flag?: FlagCondition;
}

/** An event that someone raises or waits for. */
export interface GraphEvent {
  readonly kind: 'event';
  readonly id: string;
  readonly name: string;
  readonly handoff: boolean;
  /** Is it ever raised? */
  readonly raised: boolean;
}

/** Where a plan begins: the engine, and the plan becoming active. */
export interface GraphStart {
  readonly kind: 'start';
  readonly id: string;
  readonly name: string;
}

export type GraphNode = GraphPlugin | GraphEvent | GraphStart;

/**
 * `next`: one core plugin behind another. `raises`: plugin to event. `starts`: event, or the beginning,
 * to plugin. `hands back`: handoff event to the core plugin that goes on, if nothing else comes between.
 */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'raises' | 'starts' | 'hands back';
}

/** A flag, and which plugins it decides about. */
export interface GraphFlag {
  readonly name: string;
  readonly variants: readonly string[];
  readonly plugins: readonly string[];
}

/** Who starts after what: the one model behind every picture, and itself the JSON form. */
export interface PlanGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly handoffs: readonly string[];
  readonly flags: readonly GraphFlag[];
  /** Names of plugins that never start. */
  readonly never_starts: readonly string[];
  /** Circles of plugin names, in order. */
  readonly cycles: readonly (readonly string[])[];
}

/** Where everything begins. */
const START_ID = 'start';

/** Makes the graph of a plan within its core sequence. */
export function graphOf(plan: CheckedPlan, core: CheckedCore): PlanGraph {
  const analysis = analyse(plan, core);
  const handoffs = new Set(plan.handoff_events);
  const plugins = [...core.plugins.map(corePlugin), ...plan.plugins.map(planPlugin(analysis))];
  const events = eventNodes(plugins, { analysis, handoffs });
  const begins =
    plan.plugins.some((plugin) => plugin.run_after_event_name === undefined) ||
    events.some(({ name }) => name === SETUP_STARTED);
  const start: readonly GraphStart[] = begins
    ? [{ kind: 'start', id: START_ID, name: 'the plan becomes active' }]
    : [];
  return {
    nodes: [...start, ...plugins, ...events],
    edges: [
      ...core.plugins
        .slice(1)
        .map((_, at): GraphEdge => ({ from: coreId(at), to: coreId(at + 1), kind: 'next' })),
      ...pluginEdges(plugins, new Map(events.map(({ name, id }) => [name, id]))),
      ...handbacks({ core, analysis, events }),
    ],
    handoffs: [...handoffs],
    flags: Object.entries(plan.flags).map(([name, { variants }]) => ({
      name,
      variants: Object.keys(variants),
      plugins: plan.plugins.flatMap((p) => (p.when_flag?.flag === name ? [p.name] : [])),
    })),
    never_starts: plan.plugins.flatMap(({ name }, at) => (analysis.starts.has(at) ? [] : [name])),
    cycles: analysis.cycles.map((cycle) => cycle.map((at) => plan.plugins[at]?.name ?? '')),
  };
}

/** The events of a checked plan. */
export function analyse(plan: CheckedPlan, core: CheckedCore): EventAnalysis {
  return analyseEvents(
    plan.plugins.map(({ name, run_after_event_name, completed_event_name }) => ({
      label: name,
      after: run_after_event_name,
      completes: completed_event_name,
    })),
    core.plugins.map(({ name, completed_event_name }) => ({
      name,
      completes: completed_event_name,
    })),
  );
}

// Names cannot be identifiers: a plugin may be called as an event is.
const coreId = (at: number): string => `c${at}`;
const pluginId = (at: number): string => `p${at}`;

function corePlugin(plugin: CheckedCore['plugins'][number], at: number): GraphPlugin {
  const { name, visible_in_ui: visible, completed_event_name: completes } = plugin;
  return {
    kind: 'core',
    id: coreId(at),
    name,
    visible,
    lane: 'foreground',
    starts: true,
    ...(completes === undefined ? {} : { completes }),
  };
}

function planPlugin({ starts }: EventAnalysis) {
  return (plugin: CheckedPlan['plugins'][number], at: number): GraphPlugin => ({
    kind: 'plugin',
    id: pluginId(at),
    name: plugin.name,
    visible: plugin.visible_in_ui,
    lane: plugin.run_async ? 'background' : 'foreground',
    starts: starts.has(at),
    ...(plugin.run_after_event_name === undefined ? {} : { after: plugin.run_after_event_name }),
    ...(plugin.completed_event_name === undefined
      ? {}
      : { completes: plugin.completed_event_name }),
    ...(plugin.when_flag === undefined ? {} : { flag: plugin.when_flag }),
  });
}

function eventNodes(
  plugins: readonly GraphPlugin[],
  {
    analysis,
    handoffs,
  }: { readonly analysis: EventAnalysis; readonly handoffs: ReadonlySet<string> },
): readonly GraphEvent[] {
  const names = new Set(
    plugins.flatMap(({ after, completes }) => [after ?? [], completes ?? []].flat()),
  );
  for (const handoff of handoffs) names.add(handoff);
  const isRaised = (raiser: Raiser): boolean =>
    raiser.kind !== 'plugin' || analysis.starts.has(raiser.index);
  return [...names].map((name, at) => ({
    kind: 'event',
    id: `e${at}`,
    name,
    handoff: handoffs.has(name),
    raised: (analysis.raisers.get(name) ?? []).some(isRaised),
  }));
}

function* pluginEdges(
  plugins: readonly GraphPlugin[],
  events: ReadonlyMap<string, string>,
): Generator<GraphEdge> {
  const idOf = (event: string): string => events.get(event) ?? event;
  // The engine's own event stands behind the beginning, which is when it is raised.
  const setupStarted = events.get(SETUP_STARTED);
  if (setupStarted !== undefined) yield { from: START_ID, to: setupStarted, kind: 'raises' };
  for (const { kind, id, after, completes } of plugins) {
    if (after !== undefined) yield { from: idOf(after), to: id, kind: 'starts' };
    else if (kind === 'plugin') yield { from: START_ID, to: id, kind: 'starts' };
    if (completes !== undefined) yield { from: id, to: idOf(completes), kind: 'raises' };
  }
}

/** From each handoff event to the core plugin behind the one whose event began its chain. */
function handbacks({
  core,
  analysis,
  events,
}: {
  readonly core: CheckedCore;
  readonly analysis: EventAnalysis;
  readonly events: readonly GraphEvent[];
}): readonly GraphEdge[] {
  const places = new Map(core.plugins.map(({ name }, at) => [name, at]));
  const nextCore = (raiser: Raiser | undefined): number => {
    let at = raiser;
    // Whoever raises a plugin's event first started earlier, so this ends at a core plugin or the engine.
    while (at?.kind === 'plugin') at = analysis.starts.get(at.index);
    // What starts with the plan joins behind the first core plugin.
    return at?.kind === 'core' ? (places.get(at.name) ?? 0) + 1 : 1;
  };
  return events.flatMap(({ name, id, handoff }) => {
    if (!handoff) return [];
    const targets = (analysis.raisers.get(name) ?? []).flatMap((raiser) =>
      raiser.kind === 'plugin' && analysis.starts.has(raiser.index) ? [nextCore(raiser)] : [],
    );
    return (
      [...new Set(targets)]
        // Behind the last core plugin there is nobody left.
        .filter((at) => at < core.plugins.length)
        .map((at): GraphEdge => ({ from: id, to: coreId(at), kind: 'hands back' }))
    );
  });
}
