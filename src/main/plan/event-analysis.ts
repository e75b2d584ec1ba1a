/**
 * Who raises which event, and who therefore starts. The checker's warnings, the event graph and `plan
 * why` all ask here, so they cannot disagree. Every step is linear in plugins: a plan may have 10,000.
 */

/** Raised by the engine first of all, before any plugin starts (plan contract, section 1). */
export const SETUP_STARTED = 'SetupStarted';

/** A plugin of the plan, as far as events go. */
export interface Participant {
  readonly label: string;
  readonly after: string | undefined;
  readonly completes: string | undefined;
}

/** A core plugin, as far as events go: it starts by its place in the sequence. */
export interface CoreParticipant {
  readonly name: string;
  readonly completes: string | undefined;
}

/** Someone who raises an event. */
export type Raiser =
  | { readonly kind: 'engine' }
  | { readonly kind: 'core'; readonly name: string }
  | { readonly kind: 'plugin'; readonly index: number };

/** What there is to know about the events of a plan. Numbers are indexes into its plugins. */
export interface EventAnalysis {
  /** In the order engine, core, plan. */
  readonly raisers: ReadonlyMap<string, readonly Raiser[]>;
  /** Plugins that wait for an event, in plan order. */
  readonly waiting: ReadonlyMap<string, readonly number[]>;
  /**
   * Plugins that start if everything before them completes, each with who raises its event first (nobody,
   * for one that waits for none). Who stands there starts earlier, so following it always ends.
   */
  readonly starts: Starts;
  /** Circles of plugins of which each waits for the one before, in order. */
  readonly cycles: readonly (readonly number[])[];
}

/** Plugins that start, by index, with who raises the event that starts them. */
export type Starts = ReadonlyMap<number, Raiser | undefined>;

/** Works out who raises what and who starts. */
export function analyseEvents(
  plugins: readonly Participant[],
  core: readonly CoreParticipant[],
): EventAnalysis {
  const raisers = new Map<string, Raiser[]>([[SETUP_STARTED, [{ kind: 'engine' }]]]);
  const waiting = new Map<string, number[]>();
  for (const { name, completes } of core) {
    if (completes !== undefined) append(raisers, completes, { kind: 'core', name });
  }
  plugins.forEach(({ after, completes }, index) => {
    if (completes !== undefined) append(raisers, completes, { kind: 'plugin', index });
    if (after !== undefined) append(waiting, after, index);
  });
  return {
    raisers,
    waiting,
    starts: startedBy({ plugins, waiting, core }),
    cycles: cyclesAmong(plugins, waiting),
  };
}

/**
 * The plugins that start once the engine and `core` have raised their events, directly or in turn; those
 * that wait for nothing start too.
 */
export function startedBy({
  plugins,
  waiting,
  core,
}: {
  readonly plugins: readonly Participant[];
  readonly waiting: ReadonlyMap<string, readonly number[]>;
  readonly core: readonly CoreParticipant[];
}): Starts {
  const starts = new Map<number, Raiser | undefined>();
  const raised = new Map<string, Raiser>([[SETUP_STARTED, { kind: 'engine' }]]);
  const raise = (event: string | undefined, raiser: Raiser): void => {
    if (event !== undefined && !raised.has(event)) raised.set(event, raiser);
  };
  const start = (index: number, raiser: Raiser | undefined): void => {
    starts.set(index, raiser);
    raise(plugins[index]?.completes, { kind: 'plugin', index });
  };
  for (const { name, completes } of core) raise(completes, { kind: 'core', name });
  plugins.forEach(({ after }, index) => {
    if (after === undefined) start(index, undefined);
  });
  // A map hands out what is added while it is walked.
  for (const [event, raiser] of raised) {
    for (const index of waiting.get(event) ?? []) start(index, raiser);
  }
  return starts;
}

/** Longest total of plugins named in cycles: enough for any plan a person wrote, and a bound for others. */
const CYCLE_BUDGET = 100_000;

/**
 * Depth-first over events (a plugin is an arrow from the event it waits for to the one it raises), with
 * its own stack, since a chain may be longer than the call stack is deep. An arrow back to an event on
 * the way here closes a circle; each is found once.
 */
function cyclesAmong(
  plugins: readonly Participant[],
  waiting: ReadonlyMap<string, readonly number[]>,
): readonly (readonly number[])[] {
  const cycles: number[][] = [];
  const done = new Set<string>();
  let budget = CYCLE_BUDGET;
  for (const root of waiting.keys()) {
    const depthOf = new Map<string, number>();
    const stack: { readonly event: string; next: number }[] = [];
    // The plugin that leads from the event at one depth to the next.
    const arrows: number[] = [];
    const enter = (event: string): void => {
      depthOf.set(event, stack.length);
      stack.push({ event, next: 0 });
    };
    if (!done.has(root)) enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const index = waiting.get(top.event)?.[top.next++];
      if (index === undefined) {
        done.add(top.event);
        depthOf.delete(top.event);
        stack.pop();
        continue;
      }
      const event = plugins[index]?.completes;
      if (event === undefined || done.has(event)) continue;
      arrows[stack.length - 1] = index;
      const depth = depthOf.get(event);
      if (depth === undefined) {
        enter(event);
      } else if (budget > 0) {
        const cycle = arrows.slice(depth, stack.length);
        budget -= cycle.length;
        cycles.push(fromEarliest(cycle));
      }
    }
  }
  return cycles;
}

/** The same circle, told from the plugin that stands first in the plan. */
function fromEarliest(cycle: readonly number[]): number[] {
  const first = cycle.indexOf(cycle.reduce((a, b) => Math.min(a, b)));
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
