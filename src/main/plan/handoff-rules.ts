import type { EventAnalysis, Starts } from './event-analysis.ts';
import type { Finding } from './finding.ts';
import { didYouMean, nearestOf } from './nearest.ts';
import type { PlanView } from './view.ts';
import { quote } from './words.ts';

/** What the handoff rules look at. */
export interface HandoffInput {
  readonly plan: PlanView;
  readonly events: EventAnalysis;
  /** Plugins that start before the last core plugin is done: there is a core plugin left to hand to. */
  readonly startedEarlier: Starts;
}

/** Handoffs named twice, never raised, or forgotten. */
export function checkHandoffs(input: HandoffInput): readonly Finding[] {
  return [...checkList(input), ...checkChains(input)];
}

function* checkList({ plan, events }: HandoffInput): Generator<Finding> {
  const seen = new Set<string>();
  const nearest = nearestOf(events.raisers.keys());
  for (const { event, index } of plan.handoffs) {
    const path = ['handoffs', 'handoff_events', index];
    if (seen.has(event)) {
      yield { rule: 'plan/duplicate-handoff', path, message: `${quote(event)} is listed twice` };
      continue;
    }
    seen.add(event);
    // An empty name has a finding of its own.
    if (event === '' || !plan.raisersKnown || isRaised(event, events)) continue;
    const nobody = events.raisers.get(event) === undefined;
    yield {
      rule: 'plan/handoff-never-raised',
      path,
      message: nobody
        ? `nobody raises the handoff event ${quote(event)}`
        : `nobody who ever starts raises the handoff event ${quote(event)}`,
      ...(nobody ? didYouMean(nearest.find(event)) : {}),
    };
  }
}

function isRaised(event: string, { raisers, starts }: EventAnalysis): boolean {
  const all = raisers.get(event) ?? [];
  return all.some((raiser) => raiser.kind !== 'plugin' || starts.has(raiser.index));
}

/**
 * A visible plugin that is the last of its chain should hand back: it raises a handoff event, or what
 * follows it does. Not so behind a handoff event, where a core plugin is queued already, nor behind the
 * last core plugin, where there is nothing left to hand to.
 */
function* checkChains({ plan, events, startedEarlier }: HandoffInput): Generator<Finding> {
  const handoffs = new Set(plan.handoffs.map(({ event }) => event));
  const handsBack = upstreamOf({ plan, events, targets: handoffs });
  const nextVisible = new Set(
    plan.plugins.flatMap(({ visible, after }) => (visible && after !== undefined ? [after] : [])),
  );
  const goesOn = upstreamOf({ plan, events, targets: nextVisible });
  for (const [index, plugin] of plan.plugins.entries()) {
    const { visible, after, completes } = plugin;
    if (!visible || !startedEarlier.has(index)) continue;
    if (handsBack.has(index) || goesOn.has(index)) continue;
    if (after !== undefined && handoffs.has(after)) continue;
    yield {
      rule: 'plan/no-handoff',
      path: [...plugin.path, completes === undefined ? 'name' : 'completed_event_name'],
      message: `the chain of screens ends with ${quote(plugin.label)} and no handoff, so the core sequence will resume by itself`,
      hint:
        completes === undefined
          ? 'Give it a completed_event_name and list that in handoff_events.'
          : `List ${quote(completes)} in handoff_events.`,
    };
  }
}

/** Plugins whose event, or that of someone who follows them, is among `targets`. */
function upstreamOf({
  plan,
  events,
  targets,
}: {
  readonly plan: PlanView;
  readonly events: EventAnalysis;
  readonly targets: ReadonlySet<string>;
}): ReadonlySet<number> {
  const found = new Set<number>();
  const leading = new Set(targets);
  for (const event of leading) {
    for (const raiser of events.raisers.get(event) ?? []) {
      if (raiser.kind !== 'plugin') continue;
      found.add(raiser.index);
      const after = plan.plugins[raiser.index]?.after;
      if (after !== undefined) leading.add(after);
    }
  }
  return found;
}
