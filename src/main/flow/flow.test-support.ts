import type { CorePluginEntry, PlanInfo, SequencedPlugin, TraceEntry } from '#shared';
import type { FlowEffect } from './effects.ts';
import type { FlowInput } from './inputs.ts';
import type { FlagAnswers, FlowState } from './state.ts';
import { begin, transition, type Step } from './transition.ts';
import type { SequencedPlan } from './roster.ts';

/** A plan plugin as a test writes it: what matters, defaults for the rest. */
export function plugin(
  name: string,
  options: Partial<Omit<SequencedPlugin, 'name'>> & {
    readonly after?: string;
    readonly raises?: string;
  } = {},
): SequencedPlugin {
  const { after, raises, ...rest } = options;
  const visible = rest.visible_in_ui ?? true;
  return {
    name,
    plugin_route: name,
    run_async: false,
    visible_in_ui: true,
    on_failure: visible ? 'ask' : 'skip',
    retries: 0,
    ...(after === undefined ? {} : { run_after_event_name: after }),
    ...(raises === undefined ? {} : { completed_event_name: raises }),
    ...rest,
  };
}

/** Headless plan plugin. */
export function headless(name: string, options: Parameters<typeof plugin>[1] = {}) {
  return plugin(name, { visible_in_ui: false, ...options });
}

/** A core plugin called `name` that raises `<name>Completed`. */
export function corePlugin(name: string, options: Partial<CorePluginEntry> = {}): CorePluginEntry {
  return {
    ...plugin(name, { raises: `${name}Completed` }),
    builtin: 'welcome',
    skippable: false,
    no_return: false,
    ...options,
  };
}

const TEST_PLAN_INFO: PlanInfo = {
  product_family: 'test',
  execution_plan_version: '1',
  revision: 0,
  digest: '00',
  source: 'base',
};

/** A flow driven by hand: what it asked for, and one short line for each thing it traced. */
export class FlowRig {
  state: FlowState;
  readonly traced: TraceEntry[] = [];
  readonly effects: FlowEffect[] = [];

  constructor(options: {
    readonly core?: readonly CorePluginEntry[];
    readonly plugins?: readonly SequencedPlugin[];
    readonly handoffs?: readonly string[];
    readonly flags?: FlagAnswers;
    readonly headless?: boolean;
    readonly simulated?: boolean;
  }) {
    this.state = this.#take(
      begin({
        core: options.core ?? [],
        plan: { plugins: options.plugins ?? [], handoff_events: options.handoffs ?? [] },
        info: TEST_PLAN_INFO,
        flags: options.flags ?? {},
        mode: { headless: options.headless ?? false, simulated: options.simulated ?? true },
        needless: [],
      }),
    );
  }

  input(input: FlowInput): this {
    this.state = this.#take(transition(this.state, input));
    return this;
  }

  /** The screen is answered, without work to follow. */
  answer(name: string): this {
    return this.input({ type: 'answered', plugin: name, hasWork: false });
  }

  /** Background or lane work ends well. */
  done(name: string): this {
    return this.input({ type: 'completed', plugin: name });
  }

  fails(name: string): this {
    return this.input({ type: 'failed', plugin: name, reason: 'failed', message: 'no' });
  }

  changePlan(plan: SequencedPlan, flags: FlagAnswers = {}): this {
    return this.input({ type: 'plan.changed', plan, info: TEST_PLAN_INFO, flags });
  }

  /** The plan until now failed its trial. */
  goBackToPlan(plan: SequencedPlan, flags: FlagAnswers = {}): this {
    const withdrawn = { reason: 'trial-failed', message: '' };
    return this.input({ type: 'plan.changed', plan, info: TEST_PLAN_INFO, flags, withdrawn });
  }

  /** The story since the last call, a line for each trace entry, in words that a test can compare. */
  story(): readonly string[] {
    return this.traced.splice(0).map(describe);
  }

  #take([state, effects]: Step): FlowState {
    this.effects.push(...effects);
    for (const effect of effects) if (effect.type === 'trace') this.traced.push(effect.entry);
    return state;
  }
}

function describe(entry: TraceEntry): string {
  switch (entry.type) {
    case 'plan.activated':
      return 'plan';
    case 'plan.unchanged':
    case 'plan.update_failed':
      return `${entry.type} ${entry.reason}`;
    case 'flag.evaluated':
      return `flag ${entry.flag}=${entry.variant} for ${entry.plugin}`;
    case 'event.raised':
      return `event ${entry.event}`;
    case 'plugin.started':
      return `start ${entry.plugin}`;
    case 'plugin.failed':
      return `fail ${entry.plugin} ${entry.reason} ${entry.attempt}`;
    case 'plugin.completed':
      return `${entry.outcome} ${entry.plugin}`;
    case 'screen.shown':
      return `show ${entry.plugin}`;
    case 'screen.closed':
      return `close ${entry.plugin}`;
    case 'screen.builtin':
      return `${entry.name} screen for ${entry.plugin}`;
    case 'handoff':
      return `handoff ${entry.event} to ${entry.to}`;
    case 'flow.finished':
      return `finished ${entry.outcome}`;
  }
}
