import path from 'node:path';
import { goal, measureCpu, table } from '../measure.mjs';
import { chain, graphOf, layered, wide } from './graphs.mjs';
import { openEngine } from './open-engine.mjs';
import { asyncAuto, kahnLoop, listr, machineAlone, pGraph } from './schedulers.mjs';

const KAHN = 'Kahn loop over string ids (floor)';
const MACHINE = 'machine alone';
const ENGINE = 'engine, no journal';
const P_GRAPH = 'p-graph';
const AUTO = 'async.auto';
/** 0: as many as there are. */
const CONCURRENCIES = [1, 8, 0];

/** Processor time of graphs whose steps do nothing, in which nothing but scheduling is left. */
export async function benchScheduling(folder) {
  const plain = await openEngine(undefined);
  const durable = await openEngine(path.join(folder, 'scheduling'));
  try {
    await benchGraph('chain of 1,000', chain(1000), { plain, durable });
    await benchGraph('wide, 1,000', wide(1000), { plain, durable });
    const steps = layered(2000);
    const edges = steps.reduce((sum, { dependsOn }) => sum + dependsOn.length, 0);
    const times = await benchGraph(`layered, 2,000 with ${edges} edges`, steps, { plain, durable });
    for (const concurrency of CONCURRENCIES) {
      const of = times[concurrency];
      const at = `layered, ${wordOf(concurrency)} at a time:`;
      goal(`${at} machine against Kahn loop`, of[MACHINE] / of[KAHN], 2);
      goal(`${at} engine against Kahn loop`, of[ENGINE] / of[KAHN], 2);
      goal(`${at} machine against p-graph`, of[MACHINE] / of[P_GRAPH], 1);
      goal(`${at} engine against p-graph`, of[ENGINE] / of[P_GRAPH], 1);
      goal(`${at} async.auto against machine`, of[AUTO] / of[MACHINE], 25, 'least');
      goal(`${at} async.auto against engine`, of[AUTO] / of[ENGINE], 25, 'least');
    }
    await benchGrowth(plain);
  } finally {
    await plain.close();
    await durable.close();
  }
}

async function benchGraph(title, steps, { plain, durable }) {
  const times = {};
  for (const concurrency of CONCURRENCIES) {
    const graph = graphOf(steps, concurrency === 0 ? steps.length : concurrency);
    times[concurrency] = await measureCpu(
      {
        [KAHN]: kahnLoop(steps),
        [MACHINE]: machineAlone(graph),
        [ENGINE]: () => plain.run(graph),
        'engine, journal, its own thread apart': () => durable.run(graph),
        [P_GRAPH]: pGraph(steps, concurrency),
        listr2: listr(steps, concurrency),
        [AUTO]: asyncAuto(steps, concurrency),
      },
      { rounds: 3 },
    );
  }
  const names = Object.keys(times[0]);
  table(
    `${title}: processor time, us a step, and times the floor`,
    names.map((who) => {
      const cells = CONCURRENCIES.map((concurrency) => {
        const ns = times[concurrency][who];
        const ratio = ns / times[concurrency][KAHN];
        return [
          wordOf(concurrency),
          `${(ns / 1e3 / steps.length).toFixed(2)} (${ratio.toFixed(1)})`,
        ];
      });
      return { who, ...Object.fromEntries(cells) };
    }),
  );
  return times;
}

/** What a step costs must not depend on how many there are. */
async function benchGrowth(plain) {
  const sizes = [1000, 2000, 5000, 10_000];
  const rows = [];
  for (const size of sizes) {
    const steps = layered(size);
    const graph = graphOf(steps, 8);
    const times = await measureCpu(
      {
        [KAHN]: kahnLoop(steps),
        [MACHINE]: machineAlone(graph),
        [ENGINE]: () => plain.run(graph),
        'checks before it': () => graphOf(steps, 8),
      },
      { rounds: 3 },
    );
    const cells = Object.entries(times).map(([who, ns]) => [who, ns / 1e3 / size]);
    rows.push({ steps: size, ...Object.fromEntries(cells) });
  }
  table(
    'layered, 8 at a time: processor time, us a step',
    rows.map((of) =>
      Object.fromEntries(Object.entries(of).map(([k, v]) => [k, k === 'steps' ? v : v.toFixed(2)])),
    ),
  );
  // Larger graphs leave the caches: the floor says by how much any walk over them slows down.
  const [, two, , ten] = rows;
  const growth = (who) => ten[who] / two[who];
  const floor = Math.max(1, growth(KAHN));
  for (const who of [MACHINE, ENGINE]) {
    goal(
      `growth of a step from 2,000 to 10,000 against the floor's, ${who}`,
      growth(who) / floor,
      1.2,
    );
  }
}

function wordOf(concurrency) {
  return concurrency === 0 ? 'unlimited' : String(concurrency);
}
