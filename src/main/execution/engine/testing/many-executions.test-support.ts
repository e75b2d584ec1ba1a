import { writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { functionPerformer } from '../../../executors/testing/function-performer.test-support.ts';
import { openExecutionEngine } from '../create-engine.ts';
import { createExecutionLogs } from '../execution-logs.ts';
import { chain, door, requestOf, valueOf } from './engine-rig.test-support.ts';
import { Subscriber } from './subscriber.test-support.ts';

// Run as a process of its own, with `--expose-gc`: one engine with a thousand executions alive at once,
// each with listeners that come and go. Says how that went in one line of JSON, a `ManyExecutions`.

/** Times in milliseconds, memory in MiB. */
export interface ManyExecutions {
  /** That had begun and not ended, all at one moment. */
  readonly alive: number;
  readonly completed: number;
  /** From the request to the id; those that met a thousand others, too. */
  readonly start: Percentiles;
  /** From a request that stands in the queue of the event loop to its answer. */
  readonly status: Percentiles;
  /** On the heap and beside it, more than before the first start; the most of several looks. */
  readonly memory: number;
  readonly events: number;
  readonly reconnections: number;
  /** Events that a listener did not hear, heard twice, or heard out of order. */
  readonly wrongEvents: number;
  readonly seconds: number;
  readonly syncs: number;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const EXECUTIONS = 1000;
const STEPS = 20;
const CALLERS = 10;
/** Steps take up to so many milliseconds: some 3,500 of them end each second. */
const LONGEST_STEP = 600;
const MIB = 1024 * 1024;

const home = await mkdtemp(path.join(tmpdir(), 'firstlight-many-'));
try {
  say(await measureMany());
} finally {
  await rm(home, { recursive: true, force: true });
}

async function measureMany(): Promise<ManyExecutions> {
  const engine = valueOf(
    await openExecutionEngine({
      journalFolder: path.join(home, 'journal'),
      logs: createExecutionLogs(path.join(home, 'logs')),
      onLog: (level, text) => {
        throw new Error(`${level}: ${text}`);
      },
      keptEnded: 2 * EXECUTIONS,
    }),
  );
  const random = randomOf(20_260);
  const allAlive = door();
  let stepsDone = 0;
  const performer = functionPerformer(
    { 'step-0': { run: () => allAlive.opened } },
    {
      async run() {
        await setTimeout(random() * LONGEST_STEP);
        stepsDone += 1;
        return { number: stepsDone };
      },
    },
  );
  const names = Array.from({ length: STEPS }, (_, index) => `step-${index}`);
  const request = requestOf(chain(...names), performer);
  const before = memoryNow();
  const began = performance.now();

  const ids: string[] = [];
  const startTimes: number[] = [];
  const subscribers: Subscriber[] = [];
  async function startOne(): Promise<void> {
    const since = performance.now();
    const { executionId } = valueOf(await engine.start(request));
    startTimes.push(performance.now() - since);
    ids.push(executionId);
    subscribers.push(new Subscriber(engine, executionId, random));
  }
  async function call(): Promise<void> {
    for (let n = 0; n < EXECUTIONS / CALLERS; n += 1) await startOne();
  }
  await Promise.all(Array.from({ length: CALLERS }, call));
  const alive = engine.list().filter(({ status }) => status === 'running').length;
  // These meet a thousand others.
  for (let n = 0; n < EXECUTIONS / CALLERS; n += 1) await startOne();
  let memory = memoryNow();

  const statusTimes: number[] = [];
  allAlive.open();
  let unended = ids.length;
  const ended = Promise.all(
    ids.map(async (id) => {
      const view = await engine.whenEnded(id);
      unended -= 1;
      return view;
    }),
  );
  let nextLook = ids.length * 5;
  while (unended > 0) {
    const since = performance.now();
    await setImmediate();
    engine.get(ids[Math.floor(random() * ids.length)] ?? '');
    statusTimes.push(performance.now() - since);
    await setTimeout(1);
    if (stepsDone < nextLook) continue;
    nextLook += ids.length * 5;
    memory = Math.max(memory, memoryNow());
  }
  const views = await ended;
  memory = Math.max(memory, memoryNow());
  const seconds = (performance.now() - began) / 1000;
  const { syncs } = engine;
  for (const subscriber of subscribers) subscriber.finish();
  await engine.dispose();
  return {
    alive,
    completed: views.filter(({ status }) => status === 'completed').length,
    start: percentilesOf(startTimes),
    status: percentilesOf(statusTimes),
    memory: (memory - before) / MIB,
    events: sum(subscribers.map(({ heard }) => heard)),
    reconnections: sum(subscribers.map(({ reconnections }) => reconnections)),
    wrongEvents: sum(subscribers.map(({ wrong }) => wrong)),
    seconds,
    syncs,
  };
}

function memoryNow(): number {
  if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function percentilesOf(times: readonly number[]): Percentiles {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Mulberry32: the same numbers at every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function say(result: ManyExecutions): void {
  writeSync(1, `${JSON.stringify(result)}\n`);
}
