// What a hop costs: one no-op plugin ends, its event is raised, the next one starts. Everything in
// one process, so that only the engines are compared. A hop of ours keeps a sticky event, a trace
// and an immutable state; the peers are shown as they are.
import { EventEmitter } from 'node:events';
import { createHooks } from 'hookable';
import { createActor, setup } from 'xstate';
import { begin, transition } from '../src/main/flow/transition.ts';
import { measure, row, table } from './measure.mjs';

const SIZES = [100, 1_000, 10_000];

const noop = async () => {};

/** The same plugin in all the shapes: `after` the event of the one before. */
function plugins(count, afterOf) {
  return Array.from({ length: count }, (_, index) => ({
    name: `p${index}`,
    plugin_route: `p${index}`,
    run_async: true,
    visible_in_ui: false,
    on_failure: 'skip',
    retries: 0,
    ...(afterOf(index) === undefined ? {} : { run_after_event_name: afterOf(index) }),
    completed_event_name: `E${index}`,
  }));
}

const info = {
  product_family: 'bench',
  execution_plan_version: '1',
  revision: 0,
  digest: '',
  source: 'base',
};
const mode = { headless: true, simulated: false };
const chain = (count) =>
  plugins(count, (index) => (index === 0 ? 'SetupStarted' : `E${index - 1}`));
const fanOut = (count) => plugins(count, (index) => (index === 0 ? 'SetupStarted' : 'E0'));

/** A core screen that stays up meanwhile: background work alone does not keep a session going. */
const CORE = {
  ...plugins(1, () => undefined)[0],
  name: 'core',
  completed_event_name: 'CoreCompleted',
  run_async: false,
  visible_in_ui: true,
  builtin: 'welcome',
  skippable: false,
  no_return: false,
};

/** Runs a plan as the session does: take an effect, await its work, feed the result back. */
async function runFlow(list) {
  const plan = { plugins: list, handoff_events: [] };
  let [state, effects] = begin({ core: [CORE], plan, info, flags: {}, mode, needless: [] });
  const due = [];
  const take = (given) => {
    for (const effect of given) if (effect.type === 'open') due.push(effect.plugin);
  };
  take(effects);
  let hops = 0;
  for (; hops < due.length; hops += 1) {
    await noop();
    [state, effects] = transition(state, { type: 'completed', plugin: due[hops] });
    take(effects);
  }
  [state] = transition(state, { type: 'completed', plugin: CORE.name });
  if (hops !== list.length || state.finished !== 'completed') throw new Error('not every hop ran');
}

/** The floor that the goals name: a bare Map of listeners with awaited handlers. */
async function runMap(list) {
  const listeners = new Map();
  for (const plugin of list) {
    const event = plugin.run_after_event_name;
    const known = listeners.get(event);
    const handler = async () => {
      await noop();
      return plugin.completed_event_name;
    };
    if (known === undefined) listeners.set(event, [handler]);
    else known.push(handler);
  }
  const raised = ['SetupStarted'];
  for (let next = 0; next < raised.length; next += 1) {
    for (const handler of listeners.get(raised[next]) ?? []) raised.push(await handler());
  }
  if (raised.length !== list.length + 1) throw new Error('not every hop ran');
}

async function runEmitter(list) {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  await new Promise((resolve) => {
    let done = 0;
    for (const plugin of list) {
      emitter.on(plugin.run_after_event_name, async () => {
        await noop();
        done += 1;
        if (done === list.length) resolve();
        emitter.emit(plugin.completed_event_name);
      });
    }
    emitter.emit('SetupStarted');
  });
}

async function runHookable(list) {
  const hooks = createHooks();
  const raised = ['SetupStarted'];
  for (const plugin of list) {
    hooks.hook(plugin.run_after_event_name, async () => {
      await noop();
      raised.push(plugin.completed_event_name);
    });
  }
  for (let next = 0; next < raised.length; next += 1) await hooks.callHook(raised[next]);
}

/** A chain as a statechart: a state for each plugin, its completion the event to the next. */
async function runXstate(list) {
  const states = Object.fromEntries(
    list.map((plugin, index) => [
      plugin.name,
      { on: { [plugin.completed_event_name]: list[index + 1]?.name ?? 'done' } },
    ]),
  );
  const machine = setup({}).createMachine({
    initial: list[0].name,
    states: { ...states, done: { type: 'final' } },
  });
  const actor = createActor(machine).start();
  for (const plugin of list) {
    await noop();
    actor.send({ type: plugin.completed_event_name });
  }
  if (actor.getSnapshot().status !== 'done') throw new Error('the statechart did not finish');
}

/** Compares the cost of a hop, and of fan-out and fan-in, with floors and peers in one run. */
export async function run() {
  const perHop = new Map();
  const rows = [];
  const engines = {
    'Map + await (floor)': runMap,
    EventEmitter: runEmitter,
    hookable: runHookable,
    XState: runXstate,
    Firstlight: runFlow,
  };
  for (const size of SIZES) {
    const list = chain(size);
    for (const [name, engine] of Object.entries(engines)) {
      const ns = (await measure(() => engine(list))) / size;
      perHop.set(`${name} ${size}`, ns);
      rows.push(row(`chain of ${size}`, name, ns, perHop.get(`Map + await (floor) ${size}`)));
    }
  }
  for (const [name, engine] of [
    ['Map + await (floor)', runMap],
    ['Firstlight', runFlow],
  ]) {
    const ns = (await measure(() => engine(fanOut(1_000)))) / 1_000;
    perHop.set(`${name} fan`, ns);
    rows.push(row('fan-out and fan-in of 1000', name, ns, perHop.get('Map + await (floor) fan')));
  }
  table('Cost of a plugin hop', rows);
  const ours = (size) => perHop.get(`Firstlight ${size}`);
  console.log(
    `10,000 against 1,000: ${(ours(10_000) / ours(1_000)).toFixed(2)} (goal: at most 1.5)`,
  );
  console.log(
    `against the floor at 10,000: ${(ours(10_000) / perHop.get('Map + await (floor) 10000')).toFixed(2)} (goal: at most 5)`,
  );
  console.log(
    `XState against ours at 10,000: ${(perHop.get('XState 10000') / ours(10_000)).toFixed(1)} (goal: at least 10)`,
  );
  console.log(
    `fan of 1,000 against the floor: ${(perHop.get('Firstlight fan') / perHop.get('Map + await (floor) fan')).toFixed(2)} (goal: at most 5)`,
  );
}
