import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { goal, median, row, table } from '../measure.mjs';
import { chain, graphOf, layered, wide } from './graphs.mjs';
import { openEngine } from './open-engine.mjs';

const ROUNDS = 9;
const CHAIN = 100;
const FAN = 300;

/** Steps that do nothing but come onto the disk, against the bare writes that they need. */
export async function benchDurability(folder) {
  const engine = await openEngine(path.join(folder, 'durable'), { isCounting: true });
  const file = openSync(path.join(folder, 'bare'), 'w');
  try {
    await latency(engine, file);
    await processorTime(engine);
  } finally {
    closeSync(file);
    await engine.close();
  }
}

/** Forms take turns, so that whatever else the machine does meets each alike. */
async function latency(engine, file) {
  const forms = [
    { name: `chain of ${CHAIN}`, count: CHAIN, graph: graphOf(chain(CHAIN), 4), limit: 1.15 },
    { name: `${FAN} side by side`, count: FAN, graph: graphOf(wide(FAN), FAN), limit: 2 },
  ].map((form) => ({ ...form, ours: [], floors: [], ratios: [], syncs: 0 }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const form of forms) {
      const { syncs } = engine.engine;
      const { written } = engine;
      const ours = await timeOf(() => engine.run(form.graph));
      form.syncs = engine.engine.syncs - syncs;
      const bytes = Math.round((engine.written - written) / form.syncs);
      const floor = await timeOf(() => writeAndSync(file, form.syncs, bytes));
      if (round === 0) continue;
      form.ours.push(ours);
      form.floors.push(floor);
      form.ratios.push(ours / floor);
    }
  }
  table(
    `Durable steps, median of ${ROUNDS} rounds`,
    forms.flatMap(({ name, count, ours, floors, syncs }) => {
      const floor = median(floors) / count;
      const more = { 'syncs a step': (syncs / count).toFixed(2) };
      return [
        { ...row(name, 'the same bytes in as many writes + fdatasync', floor, floor), ...more },
        { ...row(name, 'engine, a step', median(ours) / count, floor), ...more },
      ];
    }),
  );
  for (const { name, ratios, limit } of forms)
    goal(`${name} against its syncs`, median(ratios), limit);
}

async function timeOf(body) {
  const since = process.hrtime.bigint();
  await body();
  return Number(process.hrtime.bigint() - since);
}

function writeAndSync(file, times, bytes) {
  const text = 'x'.repeat(bytes);
  for (let n = 0; n < times; n += 1) {
    writeSync(file, text);
    fdatasyncSync(file);
  }
}

/** Of the main thread: what the other executions and the screens have to wait for. */
async function processorTime(engine) {
  const forms = {
    'layered, 2,000, unlimited': [graphOf(layered(2000), 2000), 5],
    'layered, 2,000, 8 at a time': [graphOf(layered(2000), 8), 5],
    'wide, 1,000, unlimited': [graphOf(wide(1000), 1000), 10],
    [`chain of ${CHAIN}, a turn of the journal a step`]: [graphOf(chain(CHAIN), 4), 10],
  };
  const rows = [];
  for (const [who, [graph, runs]] of Object.entries(forms)) {
    const batches = [];
    const { syncs } = engine.engine;
    for (let batch = 0; batch < 4; batch += 1) {
      const since = process.threadCpuUsage();
      for (let n = 0; n < runs; n += 1) await engine.run(graph);
      const { user, system } = process.threadCpuUsage(since);
      // A step is begun and ended: two transitions.
      if (batch > 0) batches.push((user + system) / (runs * 2 * graph.steps.length));
    }
    const perSync = (runs * 4 * graph.steps.length * 2) / (engine.engine.syncs - syncs);
    rows.push({ who, 'us a transition': median(batches), 'transitions a sync': perSync });
  }
  table(
    'Processor time of the main thread with a journal',
    rows.map((of) =>
      Object.fromEntries(
        Object.entries(of).map(([key, value]) => [key, key === 'who' ? value : value.toFixed(1)]),
      ),
    ),
  );
  for (const { who, 'us a transition': us } of rows)
    goal(`us a durable transition, ${who}`, us, 10);
}
