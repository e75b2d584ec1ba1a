import type { CheckedCore } from '#shared';
import { analyseEvents, startedBy, type EventAnalysis, type Raiser } from './event-analysis.ts';
import type { Finding } from './finding.ts';
import { checkHandoffs } from './handoff-rules.ts';
import { didYouMean, nearestOf, type Nearest } from './nearest.ts';
import type { PlanView, PluginView } from './view.ts';
import { quote } from './words.ts';

/** Events that nobody raises, circles, doubles, and handoffs. All are warnings: the flow still ends. */
export function checkEvents(plan: PlanView, core: CheckedCore): readonly Finding[] {
  const corePlugins = core.plugins.map(({ name, completed_event_name }) => ({
    name,
    completes: completed_event_name,
  }));
  const events = analyseEvents(plan.plugins, corePlugins);
  const startedEarlier = startedBy({
    plugins: plan.plugins,
    waiting: events.waiting,
    core: corePlugins.slice(0, -1),
  });
  return [
    ...(plan.raisersKnown ? neverStarts(plan, events) : []),
    ...circles(plan, events),
    ...doubles(plan, events),
    ...checkHandoffs({ plan, events, startedEarlier }),
  ];
}

function* neverStarts(plan: PlanView, events: EventAnalysis): Generator<Finding> {
  const inCircle = new Set(events.cycles.flat());
  const nearest = nearestOf(events.raisers.keys());
  for (const [index, plugin] of plan.plugins.entries()) {
    const { after } = plugin;
    // A circle is one finding, not one for each of its members; an empty name has a finding of its own.
    if (!after || events.starts.has(index) || inCircle.has(index)) continue;
    yield neverStartsFinding({ plugin, after, raisers: events.raisers.get(after), plan, nearest });
  }
}

function neverStartsFinding({
  plugin,
  after,
  raisers,
  plan,
  nearest,
}: {
  readonly plugin: PluginView;
  readonly after: string;
  readonly raisers: readonly Raiser[] | undefined;
  readonly plan: PlanView;
  readonly nearest: Nearest;
}): Finding {
  const path = [...plugin.path, 'run_after_event_name'];
  const subject = `${quote(plugin.label)} never starts`;
  const [raiser] = raisers ?? [];
  if (raiser !== undefined) {
    const message = `${subject}: ${quote(after)} comes from ${who(raiser, plan)}, which never starts either`;
    return { rule: 'plan/never-starts', path, message };
  }
  const message = `${subject}: nobody raises ${quote(after)}`;
  return { rule: 'plan/never-starts', path, message, ...didYouMean(nearest.find(after)) };
}

const LONGEST_CIRCLE = 20;

function* circles(plan: PlanView, { cycles, starts }: EventAnalysis): Generator<Finding> {
  for (const cycle of cycles) {
    const [first = 0] = cycle;
    const labels = cycle.map((index) => plan.plugins[index]?.label ?? '');
    const shown =
      labels.length > LONGEST_CIRCLE ? [...labels.slice(0, LONGEST_CIRCLE), '…'] : labels;
    const circle = [...shown, labels[0] ?? ''].map((label) =>
      label === '…' ? label : quote(label),
    );
    const entered = cycle.some((index) => starts.has(index));
    const consequence = entered
      ? 'each starts once, and the event that closes the circle starts nothing'
      : 'none of them ever starts';
    yield {
      rule: 'plan/event-cycle',
      path: [...(plan.plugins[first]?.path ?? []), 'run_after_event_name'],
      message: `plugins wait for each other in a circle, so ${consequence}: ${circle.join(' -> ')}`,
    };
  }
}

function* doubles(plan: PlanView, { raisers }: EventAnalysis): Generator<Finding> {
  for (const [event, [first, ...others]] of raisers) {
    for (const other of others) {
      if (first === undefined || other.kind !== 'plugin') continue;
      const plugin = plan.plugins[other.index];
      if (plugin === undefined) continue;
      yield {
        rule: 'plan/completes-same-event',
        path: [...plugin.path, 'completed_event_name'],
        message: `${quote(event)} is raised by ${who(first, plan)} too; whichever is first counts`,
      };
    }
  }
}

function who(raiser: Raiser, plan: PlanView): string {
  switch (raiser.kind) {
    case 'engine':
      return 'the engine itself';
    case 'core':
      return `the core plugin ${quote(raiser.name)}`;
    case 'plugin':
      return quote(plan.plugins[raiser.index]?.label ?? '');
  }
}
