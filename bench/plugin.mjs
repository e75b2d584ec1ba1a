/**
 * Plugin start to first reply, and pipelined calls, against the bare things in the same run:
 * `node -e 0`, a bare `child_process.fork`, and raw fork messages. Ratios travel, figures do not.
 *
 * The host is the source; the plugin's process is the one file that a product ships, built here
 * with the project's own bundler: starting from source would measure type stripping.
 */
import { fork, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { median } from './measure.mjs';
import { createNodeLauncher } from '../src/main/plugins/node-launcher.ts';
import { createPluginHost } from '../src/main/plugins/plugin-host.ts';

const ROUNDS = 25;
const CALLS = 10_000;
const ENTRY = fileURLToPath(new URL('../src/main/plugins/plugin-process.ts', import.meta.url));
const SDK = fileURLToPath(new URL('../src/sdk/index.ts', import.meta.url));
const CLEAN = { PATH: process.env.PATH };

export async function run() {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-bench-'));
  try {
    await preparePlugins(folder);
    const entry = await buildEntry(folder);
    const rows = await measureStarts(folder, entry);
    const calls = await measureCalls(folder, entry);
    print(rows, calls);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All forms take turns, so that whatever else the machine does meets each alike. */
async function measureStarts(folder, entry) {
  const forms = {
    'node -e 0': bareNode,
    'bare fork to first reply': () => bareFork(folder),
    'plugin to first reply, cold': () => coldPlugin(folder, entry),
    '  with the permission flag only': () => coldPlugin(folder, entry, 'permission'),
    '  without isolation': () => coldPlugin(folder, entry, 'none'),
    'plugin to first reply, spare': () => sparePlugin(folder, entry),
    '  spare without isolation': () => sparePlugin(folder, entry, 'none'),
  };
  const times = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, form] of Object.entries(forms)) {
      const ms = await form();
      // The first round warms the disk cache and this process.
      if (round > 0) times[name].push(ms);
    }
  }
  return times;
}

async function bareNode() {
  const since = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { env: CLEAN, stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return performance.now() - since;
}

async function bareFork(folder) {
  const since = performance.now();
  const child = fork(path.join(folder, 'echo.mjs'), { env: CLEAN, serialization: 'json' });
  child.send({ i: 0 });
  await new Promise((resolve) => child.once('message', resolve));
  const ms = performance.now() - since;
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  return ms;
}

async function coldPlugin(folder, entry, isolation) {
  const host = makeHost(folder, entry, false, isolation);
  const ms = await openAndCall(host);
  await host.dispose();
  return ms;
}

async function sparePlugin(folder, entry, isolation) {
  const host = makeHost(folder, entry, true, isolation);
  // Its own blank start is what a spare saves.
  await host.whenWarm();
  const ms = await openAndCall(host);
  await host.dispose();
  return ms;
}

async function openAndCall(host) {
  const since = performance.now();
  const plugin = await opened(host, 'noop');
  await plugin.call('echo', 0);
  return performance.now() - since;
}

async function opened(host, name) {
  const result = await host.open(planEntry(name), start());
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

async function measureCalls(folder, entry) {
  const raw = [];
  const ours = [];
  for (let round = 0; round < 7; round += 1) {
    raw.push(await rawCalls(folder));
    ours.push(await pluginCalls(folder, entry));
  }
  return { raw: median(raw), ours: median(ours) };
}

async function rawCalls(folder) {
  const child = fork(path.join(folder, 'echo.mjs'), { env: CLEAN, serialization: 'json' });
  child.send({ i: 0 });
  await new Promise((resolve) => child.once('message', resolve));
  const since = performance.now();
  await new Promise((resolve) => {
    let left = CALLS;
    child.on('message', () => {
      left -= 1;
      if (left === 0) resolve();
    });
    for (let i = 0; i < CALLS; i += 1) child.send({ i, body: { n: i } });
  });
  const rate = CALLS / (performance.now() - since);
  child.kill('SIGKILL');
  return rate;
}

async function pluginCalls(folder, entry) {
  const host = makeHost(folder, entry, false);
  const plugin = await opened(host, 'noop');
  const since = performance.now();
  const calls = [];
  for (let i = 0; i < CALLS; i += 1) calls.push(plugin.call('echo', { n: i }));
  const replies = await Promise.all(calls);
  const rate = CALLS / (performance.now() - since);
  if (!replies.every((reply, i) => reply.ok && reply.value.n === i)) throw new Error('wrong reply');
  await host.dispose();
  return rate;
}

/** Isolated by all that this machine has, unless it is told. */
function makeHost(folder, entry, spare, isolation = 'bubblewrap') {
  return createPluginHost({
    pluginsFolder: path.join(folder, 'plugins'),
    cacheFolder: path.join(folder, 'cache'),
    storageFolder: path.join(folder, 'storage'),
    dataFolder: path.join(folder, 'plugin-data'),
    launcher: createNodeLauncher({ entry, isolation }),
    spare,
  });
}

const planEntry = (name) => ({
  name,
  plugin_route: name,
  version: '1.0.0',
  plugin_location_type: 'local',
  plugin_base_path: './',
  run_async: false,
  visible_in_ui: false,
  on_failure: 'skip',
  retries: 0,
});

const start = () => ({
  event: undefined,
  device: {
    productFamily: 'bench',
    language: 'en',
    region: 'US',
    online: false,
    appVersion: '0',
    deviceId: 'bench',
  },
  signal: new AbortController().signal,
  onLog: () => undefined,
});

async function preparePlugins(folder) {
  const home = path.join(folder, 'plugins', 'noop');
  await mkdir(path.join(folder, 'cache'));
  await mkdir(home, { recursive: true });
  const firstlight = { apiVersion: 1, main: 'index.js' };
  await writeFile(
    path.join(home, 'package.json'),
    JSON.stringify({ name: 'noop', version: '1.0.0', type: 'module', firstlight }),
  );
  await writeFile(
    path.join(home, 'index.js'),
    'export default { routes: { echo: (body) => body } };\n',
  );
  await writeFile(
    path.join(folder, 'echo.mjs'),
    "process.on('message', (message) => process.send(message));\n",
  );
}

async function buildEntry(folder) {
  const outDir = path.join(folder, 'built');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: { 'plugin-process': ENTRY, sdk: SDK },
        output: { entryFileNames: '[name].js' },
      },
    },
    ssr: { noExternal: true },
  });
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  return path.join(outDir, 'plugin-process.js');
}

function print(starts, calls) {
  const floor = median(starts['node -e 0']);
  console.log(
    `Plugin start to first reply (${ROUNDS} rounds): median, best, median against the floor`,
  );
  for (const [name, times] of Object.entries(starts)) {
    const [middle, best] = [median(times), Math.min(...times)].map((ms) => `${ms.toFixed(2)} ms`);
    const ratio = (median(times) / floor).toFixed(2);
    console.log(`  ${name.padEnd(30)} ${middle.padStart(10)} ${best.padStart(10)}  ${ratio}x`);
  }
  const cold = median(starts['plugin to first reply, cold']) / floor;
  goal('cold start against node -e 0, at most 1.5', cold.toFixed(2), cold <= 1.5);
  const spare = median(starts['plugin to first reply, spare']);
  goal('from a spare, at most 2 ms', `${spare.toFixed(2)} ms`, spare <= 2);
  console.log(`Pipelined calls, ${CALLS} at once (median of 7)`);
  console.log(`  raw fork messages  ${Math.round(calls.raw)} a ms`);
  console.log(`  plugin calls       ${Math.round(calls.ours)} a ms`);
  const ratio = calls.ours / calls.raw;
  goal('calls against raw fork messages, at least 0.6', ratio.toFixed(2), ratio >= 0.6);
}

function goal(name, value, met) {
  console.log(`  ${met ? 'met ' : 'MISSED'} ${name}: ${value}`);
}
