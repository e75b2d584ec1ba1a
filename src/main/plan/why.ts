import type { CheckedCore, CheckedPlan, FlagCondition } from '#shared';
import type { EventAnalysis, Raiser } from './event-analysis.ts';
import { analyse } from './graph.ts';

/** One link of the chain of events that leads to a plugin. */
export interface WhyStep {
  /** Who raises the event. */
  readonly by: 'engine' | 'core' | 'plugin';
  /** Its name; absent for the engine. */
  readonly plugin?: string;
  readonly event: string;
}

/** When a plugin runs, or why it never will. The JSON form of `plan why`. */
export interface Why {
  readonly plugin: string;
  readonly core: boolean;
  readonly starts: boolean;
  readonly visible: boolean;
  readonly lane: 'foreground' | 'background';
  /** From the very beginning to the event that starts it; empty if it waits for none. */
  readonly chain: readonly WhyStep[];
  readonly completes?: string;
  /** Does its event hand control back to the core sequence? */
  readonly handoff: boolean;
  readonly flag?: FlagCondition;
  /** The same in words, line by line. */
  readonly words: readonly string[];
}

/** Explains one plugin, core or not; `undefined` if there is none of that name. */
export function explain(
  plugin: string,
  { plan, core }: { readonly plan: CheckedPlan; readonly core: CheckedCore },
): Why | undefined {
  const corePlace = core.plugins.findIndex(({ name }) => name === plugin);
  if (corePlace >= 0) return explainCore(corePlace, core);
  const index = plan.plugins.findIndex(({ name }) => name === plugin);
  return index < 0 ? undefined : explainPlugin(index, { plan, core });
}

function explainCore(place: number, core: CheckedCore): Why | undefined {
  const entry = core.plugins[place];
  if (entry === undefined) return undefined;
  const { name, completed_event_name: completes } = entry;
  const before = core.plugins[place - 1];
  const position = `${name} is number ${place + 1} of ${core.plugins.length} in the core sequence`;
  return {
    plugin: name,
    core: true,
    starts: true,
    visible: entry.visible_in_ui,
    lane: 'foreground',
    chain: [],
    handoff: false,
    ...(completes === undefined ? {} : { completes }),
    words: [
      before === undefined
        ? `${position}: it runs first of all.`
        : `${position}: it runs behind ${before.name}, once the plan hands control back or has nothing left to show.`,
      ...(completes === undefined ? [] : [`When it is done it raises ${completes}.`]),
    ],
  };
}

interface Setting {
  readonly plan: CheckedPlan;
  readonly core: CheckedCore;
}

function explainPlugin(index: number, { plan, core }: Setting): Why | undefined {
  const entry = plan.plugins[index];
  if (entry === undefined) return undefined;
  const analysis = analyse(plan, core);
  const starts = analysis.starts.has(index);
  const { name, completed_event_name: completes, when_flag: flag } = entry;
  const handoff = completes !== undefined && plan.handoff_events.includes(completes);
  const chain = starts ? chainTo(index, { plan, analysis }) : [];
  const words = starts
    ? startWords(index, { plan, core, chain })
    : neverWords(index, { plan, analysis });
  return {
    plugin: name,
    core: false,
    starts,
    visible: entry.visible_in_ui,
    lane: entry.run_async ? 'background' : 'foreground',
    chain,
    handoff,
    ...(completes === undefined ? {} : { completes }),
    ...(flag === undefined ? {} : { flag }),
    words: [
      ...words,
      ...(flag === undefined ? [] : [flagWords(flag)]),
      ...(starts ? [completionWords(completes, handoff)] : []),
    ],
  };
}

/** Follows first raisers to the beginning. They started earlier each time, so this ends. */
function chainTo(
  index: number,
  { plan, analysis }: { readonly plan: CheckedPlan; readonly analysis: EventAnalysis },
): readonly WhyStep[] {
  const chain: WhyStep[] = [];
  let at: number | undefined = index;
  while (at !== undefined) {
    const event = plan.plugins[at]?.run_after_event_name;
    const raiser = analysis.starts.get(at);
    if (event === undefined || raiser === undefined) break;
    chain.push(stepOf(raiser, { event, plan }));
    at = raiser.kind === 'plugin' ? raiser.index : undefined;
  }
  return chain.reverse();
}

function stepOf(
  raiser: Raiser,
  { event, plan }: { readonly event: string; readonly plan: CheckedPlan },
): WhyStep {
  switch (raiser.kind) {
    case 'engine':
      return { by: 'engine', event };
    case 'core':
      return { by: 'core', plugin: raiser.name, event };
    case 'plugin':
      return { by: 'plugin', plugin: plan.plugins[raiser.index]?.name ?? '', event };
  }
}

function startWords(
  index: number,
  { plan, core, chain }: Setting & { readonly chain: readonly WhyStep[] },
): readonly string[] {
  const entry = plan.plugins[index];
  const name = entry?.name ?? '';
  const manner = entry === undefined ? '' : mannerWords(entry.run_async, entry.visible_in_ui);
  const [first] = chain;
  const last = chain.at(-1);
  if (first === undefined || last === undefined) {
    return [`${name} waits for no event: it starts when the plan becomes active, ${manner}.`];
  }
  // The head of the chain is a plugin that waits for nothing, unless core or the engine began it.
  const beginning =
    first.by === 'plugin'
      ? [`${first.plugin ?? ''} waits for no event: it starts when the plan becomes active.`]
      : [];
  const steps = chain.slice(1).map(({ plugin = '', event }, at) => {
    const before = chain[at]?.event ?? '';
    return `${before} starts ${plugin}, which raises ${event}.`;
  });
  return [
    ...beginning,
    `${raiserWords(first, core)} raises ${first.event}.`,
    ...steps,
    `${last.event} starts ${name}, ${manner}.`,
  ];
}

function raiserWords({ by, plugin }: WhyStep, core: CheckedCore): string {
  if (by === 'engine') return `The engine, first of all,`;
  if (by === 'plugin') return plugin ?? '';
  const place = core.plugins.findIndex(({ name }) => name === plugin) + 1;
  return `${plugin ?? ''} (number ${place} of the core sequence)`;
}

function mannerWords(async: boolean, visible: boolean): string {
  if (async) {
    return visible
      ? 'at once, and asks for the screen as soon as it is free'
      : 'at once, in the background, and holds nobody up';
  }
  return visible
    ? 'in its turn on the foreground lane, with a screen'
    : 'in its turn on the foreground lane, without a screen';
}

/** Why it never starts: back to an event that nobody raises, or into a circle. */
function neverWords(
  index: number,
  { plan, analysis }: { readonly plan: CheckedPlan; readonly analysis: EventAnalysis },
): readonly string[] {
  const nameOf = (at: number): string => plan.plugins[at]?.name ?? '';
  const words = [`${nameOf(index)} never starts.`];
  const seen = new Set<number>();
  let at = index;
  for (;;) {
    seen.add(at);
    const event = plan.plugins[at]?.run_after_event_name ?? '';
    const raisers = (analysis.raisers.get(event) ?? []).flatMap((raiser) =>
      raiser.kind === 'plugin' ? [raiser.index] : [],
    );
    const [next] = raisers;
    if (next === undefined) {
      return [...words, `${nameOf(at)} waits for ${event}, which nobody raises.`];
    }
    words.push(
      `${nameOf(at)} waits for ${event}, which only ${raisers.map(nameOf).join(', ')} raises.`,
    );
    if (seen.has(next)) {
      const circle = [...seen].slice([...seen].indexOf(next));
      return [
        ...words,
        `They wait for each other in a circle: ${[...circle.reverse(), circle[0] ?? next].map(nameOf).join(' -> ')}.`,
      ];
    }
    at = next;
  }
}

function flagWords({ flag, is }: FlagCondition): string {
  const value = is === undefined ? 'true' : `"${is}"`;
  return `It takes part only on devices where the flag ${flag} is ${value}; elsewhere it is skipped, and its event is raised all the same.`;
}

function completionWords(completes: string | undefined, handoff: boolean): string {
  if (completes === undefined) return 'When it is done it raises no event.';
  return handoff
    ? `When it is done it raises ${completes}, a handoff: control goes back to the core sequence.`
    : `When it is done it raises ${completes}.`;
}

/** Everything that a plan's author could mean by a plugin name. */
export function pluginNames(plan: CheckedPlan, core: CheckedCore): readonly string[] {
  return [...core.plugins, ...plan.plugins].map(({ name }) => name);
}
