// @ts-check
// `npm run test:crash`: executions of random graphs of steps, interrupted by kills, power cuts and torn
// records, and seen through to their end. `--runs N` and `--seed S`; the same seed gives the same graphs.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { projectNode } from './lib/project.mjs';

const WORKER = fileURLToPath(
  new URL(
    '../src/main/execution/engine/testing/crash/crash-worker.test-support.ts',
    import.meta.url,
  ),
);
const PROCESSES = 2;
const TELL_EVERY_MS = 10_000;

/** @typedef {{ seed: number, cut: string, cuts: number, problems: readonly string[] }} Run */

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const wanted = Number(values.runs ?? 5000);
const first = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
if (!Number.isSafeInteger(wanted) || wanted < 1 || !Number.isSafeInteger(first) || first < 0) {
  console.error('--runs wants a whole number from 1 on, --seed one from 0 on.');
  process.exit(2);
}
console.log(`${wanted} runs, --seed ${first}`);

const started = performance.now();
let failed = 0;
let cuts = 0;
/** @type {Map<string, number>} */
const runsByCut = new Map();

const timer = setInterval(() => console.log(soFar()), TELL_EVERY_MS);
const codes = await Promise.all(Array.from({ length: PROCESSES }, (_, index) => work(index)));
clearInterval(timer);
const isWhole = count() === wanted && codes.every((code) => code === 0);
if (!isWhole) console.error(`A process ended early, with ${codes.join(' and ')}.`);
const kinds = [...runsByCut].map(([cut, runs]) => `${cut} ${runs}`).sort();
console.log(kinds.join(', '));
console.log(`${soFar()}; ${failed === 0 && isWhole ? 'all invariants hold' : 'FAILED'}`);
process.exitCode = failed === 0 && isWhole ? 0 : 1;

function count() {
  return [...runsByCut.values()].reduce((sum, runs) => sum + runs, 0);
}

function soFar() {
  const seconds = (performance.now() - started) / 1000;
  const rate = (count() / seconds).toFixed(1);
  return `${count()} of ${wanted} runs, ${cuts} interruptions, ${failed} failed, ${seconds.toFixed(0)} s, ${rate} runs/s`;
}

/**
 * Every so many-th seed, in a process of its own.
 * @param {number} index @returns {Promise<number>} its exit code
 */
async function work(index) {
  const range = [first + index, first + wanted, PROCESSES].map(String);
  const child = spawn(projectNode(), [WORKER, ...range], { stdio: ['ignore', 'pipe', 'inherit'] });
  /** @type {Promise<number>} */
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  for await (const line of createInterface(child.stdout)) note(JSON.parse(line));
  return exited;
}

/** @param {Run} run */
function note(run) {
  runsByCut.set(run.cut, (runsByCut.get(run.cut) ?? 0) + 1);
  cuts += run.cuts;
  if (run.problems.length === 0) return;
  failed += 1;
  console.error(`seed ${run.seed} (${run.cut}):\n  ${run.problems.join('\n  ')}`);
}
