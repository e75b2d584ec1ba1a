// @ts-check
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildIfStale } from '../build.mjs';
import { provideChromium } from './provide-chromium.mjs';
import { provideMoto } from './provide-moto.mjs';
import { projectNode, ROOT } from './project.mjs';
import { countPlaywright, countVitest, NO_TESTS, summary } from './test-counts.mjs';

/** @typedef {import('./test-counts.mjs').Counts} Counts */
/** @typedef {{ name: string, counts: Counts, seconds: number }} Outcome */

const REPORTS = join(ROOT, 'test-results');

/** Each stage gives what it counted; a static check counts as one test. */
const STAGES = {
  // By its npm script, which alone knows all the configurations.
  types: () => check([npm(), 'run', '--silent'], ['typecheck']),
  lint: () => check(['node_modules/eslint/bin/eslint.js'], ['.']),
  format: () => check(['node_modules/prettier/bin/prettier.cjs', '--check'], ['.']),
  knip: () => check(['node_modules/knip/bin/knip.js'], ['--no-progress']),
  unit: () => vitest('unit'),
  integration: async () => {
    await buildIfStale({ log: console.log });
    await provideS3Server();
    return vitest('integration');
  },
  e2e: async () => {
    await buildIfStale({ log: console.log });
    await provideS3Server();
    return playwright();
  },
};

/**
 * Runs all stages, or those that are named, and sums up.
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function runStages(args) {
  if (args.includes('--full')) process.env.FIRSTLIGHT_FULL = '1';
  const named = args.filter((arg) => arg !== '--full');
  const unknown = named.find((name) => !(name in STAGES));
  if (unknown !== undefined) {
    console.error(`There is no stage "${unknown}". Stages: ${Object.keys(STAGES).join(', ')}.`);
    return 2;
  }
  // Tools find each other, and the Node that the project brings, as they do in npm scripts.
  const bins = [join(ROOT, 'node_modules/node/bin'), join(ROOT, 'node_modules/.bin')];
  process.env.PATH = [...bins, process.env.PATH].join(delimiter);
  process.chdir(ROOT);
  mkdirSync(REPORTS, { recursive: true });
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const [name, run] of Object.entries(STAGES)) {
    if (named.length > 0 && !named.includes(name)) continue;
    console.log(`\n--- ${name}`);
    const started = performance.now();
    const counts = await run().catch((error) => {
      console.error(error instanceof Error ? error.message : String(error));
      return { ...NO_TESTS, failed: 1 };
    });
    outcomes.push({ name, counts, seconds: (performance.now() - started) / 1000 });
  }
  console.log(`\n${summary(outcomes)}`);
  return outcomes.some(({ counts }) => counts.failed > 0) ? 1 : 0;
}

/**
 * A tool that passes or fails as a whole, run once for each of its last arguments.
 * @param {string[]} command @param {string[]} each
 */
async function check(command, each) {
  let failed = 0;
  for (const last of each) if ((await run([...command, last])) !== 0) failed = 1;
  return { ...NO_TESTS, passed: 1 - failed, failed };
}

/** @param {string} project */
async function vitest(project) {
  const file = join(REPORTS, `${project}.json`);
  rmSync(file, { force: true });
  const code = await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  return countVitest(file, code);
}

async function playwright() {
  const chromium = await provideChromium({ log: console.log });
  if (!chromium.ok) throw new Error(chromium.message);
  process.env.CHROMIUM_PATH = chromium.program;
  const file = join(REPORTS, 'e2e.json');
  rmSync(file, { force: true });
  const code = await run(['node_modules/@playwright/test/cli.js', 'test']);
  return countPlaywright(file, code);
}

/** Fetched once and before the tests, which would all want it at once. Those that need it fail without. */
async function provideS3Server() {
  const moto = await provideMoto({ log: console.log });
  if (!moto.ok) console.error(moto.message);
}

/** npm's own program, which has told us where it is unless we were started without it. */
function npm() {
  return process.env.npm_execpath ?? 'npm';
}

/**
 * Runs a tool of the project with its output shown as it comes.
 * @param {string[]} args @returns {Promise<number>} exit code
 */
function run(args) {
  return new Promise((resolve, reject) => {
    const [first = '', ...rest] = args;
    // A program by its name alone is the system's; all else is a script for Node.
    const isScript = first.includes('/');
    const [program, parameters] = isScript ? [projectNode(), args] : [first, rest];
    const child = spawn(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
