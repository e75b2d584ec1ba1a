/**
 * Load and check of a plan against the bare libraries that it stands on, in the same run: warm, for plans
 * of several sizes, against a bare `smol-toml` parse; and cold, in a fresh process with all imports,
 * against bare `smol-toml` and valibot. Ratios travel, figures do not.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { build } from 'vite';
import { checkCore, checkPlanText } from '../src/main/plan/check.ts';
import { measure, median, row, table } from './measure.mjs';
import { planText } from './plan/texts.mjs';

const SIZES = [10, 100, 1000, 5000];
const ROUNDS = 25;
const COLD_GOAL = 1.25;
const at = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const CORE = at('../resources/core.toml');

export async function run() {
  await warm();
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-bench-'));
  try {
    await cold(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function warm() {
  const { core } = await checkCore({ file: CORE, bytes: await readFile(CORE) });
  const rows = [];
  for (const size of SIZES) {
    const text = planText(size);
    const rounds = size < 1000 ? 51 : 15;
    const options = { rounds, warmup: rounds };
    const floor = await measure(() => parse(text), options);
    const ns = await measure(() => checkPlanText({ file: 'plan.toml', text, core }), options);
    const what = `${size} plugins, ${(text.length / 1024).toFixed(0)} KiB`;
    rows.push(row(what, 'smol-toml parse (floor)', floor, floor));
    rows.push(row(what, 'firstlight load and check', ns, floor));
  }
  table('Load and check, warm', rows);
}

async function cold(folder) {
  const plan = path.join(folder, 'plan.toml');
  await writeFile(plan, planText(100));
  // The packages are found from the folder too, so that the bare form runs as its users run it.
  await symlink(at('../node_modules'), path.join(folder, 'node_modules'), 'junction');
  const forms = {
    'smol-toml + valibot, as installed (floor)': at('./plan/bare.mjs'),
    'smol-toml + valibot, bundled': await bundle(folder, 'bare'),
    'firstlight load and check, bundled': await bundle(folder, 'checked'),
  };
  const runs = await takeTurns(forms, plan);
  printCold(runs, 'time', (run) => run.ms);
  // On a busy machine time says how often it was interrupted; this says what it did.
  printCold(runs, 'processor time', (run) => run.cpu);
}

function printCold(runs, what, valueOf) {
  const medians = Object.entries(runs).map(([who, list]) => [who, median(list.map(valueOf))]);
  const [[, floor], , [, ours]] = medians;
  table(
    `Load and check of 100 plugins, cold, imports included: ${what} (median of ${ROUNDS} fresh processes)`,
    medians.map(([who, ms]) => row('100 plugins', who, ms * 1e6, floor * 1e6)),
  );
  const ratio = ours / floor;
  const verdict = ratio <= COLD_GOAL ? 'met' : 'MISSED';
  console.log(`goal: at most ${COLD_GOAL} x smol-toml + valibot: ${ratio.toFixed(2)} (${verdict})`);
}

/** All forms take turns, so that whatever else the machine does meets each alike. */
async function takeTurns(forms, plan) {
  const runs = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, module] of Object.entries(forms)) {
      const run = await coldStart(module, plan);
      // The first round warms the disk cache.
      if (round > 0) runs[name].push(run);
    }
  }
  return runs;
}

async function coldStart(module, plan) {
  const child = spawn(process.execPath, [at('./plan/cold.mjs'), module, plan, CORE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the cold start of ${module} failed`);
  return JSON.parse(out);
}

/** Bundles as the app is bundled: what is loaded lazily there is a file of its own here, too. */
async function bundle(folder, name) {
  const outDir = path.join(folder, name);
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '#shared': at('../src/shared/index.ts') } },
    build: {
      ssr: at(`./plan/${name}.mjs`),
      outDir,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' } },
    },
    ssr: { noExternal: true },
  });
  return path.join(outDir, `${name}.mjs`);
}
