/**
 * From connectivity to the newer plan in force with all its plugins on the disk, over a real S3
 * server on loopback, against a bare SDK download of the same objects piped into `tar`, in the same
 * run and taking turns. Then: does memory grow with the size of an archive? Then the unpacking alone.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { create, extract } from 'tar';
import { checkCore, checkPlan } from '../src/main/plan/check.ts';
import { homePaths } from '../src/main/state/home.ts';
import { nodeFiles } from '../src/main/state/node-files.ts';
import { digestOf } from '../src/main/state/plan-file.ts';
import { createDeviceUpdates } from '../src/main/update/device-updates.ts';
import { startS3Server } from '../src/main/update/testing/s3-server.test-support.ts';
import { median, row, table } from './measure.mjs';
import { run as runUnpack } from './update-unpack.mjs';

const run_ = promisify(execFile);
const TAKE = 'take-one';
const BUCKET = 'plans';
const MIB = 1024 * 1024;
const COUNTS = [1, 10, 50];
const ROUNDS = { 1: 15, 10: 9, 50: 5 };
const PARALLEL = 4;
/** At most so many times the bare download and unpacking. */
const GOAL = 1.25;
const CORE = new URL('../resources/core.toml', import.meta.url);

export async function run() {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-bench-'));
  const s3 = await startS3Server();
  try {
    await s3.makeBucket(BUCKET, { public: true });
    for (const count of COUNTS) await measureUpdate({ s3, folder, count });
    await measureMemory({ s3, folder });
  } finally {
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  }
  await runUnpack();
}

async function measureUpdate({ s3, folder, count }) {
  const site = await publish({ s3, folder, name: `site-${count}`, count, bytes: MIB });
  const forms = {
    'bare SDK download and tar (floor)': (to) => bare(site, to),
    'firstlight: checked, in force, flushed': (to) => update(site, to),
  };
  const times = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS[count]; round += 1) {
    for (const [name, form] of Object.entries(forms)) {
      const to = await mkdtemp(path.join(folder, 'run-'));
      const since = performance.now();
      await form(to);
      // The first round warms connections, the disk cache and this process.
      if (round > 0) times[name].push((performance.now() - since) * 1e6);
      await rm(to, { recursive: true });
    }
  }
  const [[floorName, floorTimes], [name, ours]] = Object.entries(times);
  const floor = median(floorTimes);
  const what = `${count} plugin${count === 1 ? '' : 's'} of 1 MiB`;
  table(`update: ${what}`, [
    row(what, floorName, floor, floor),
    row(what, name, median(ours), floor),
  ]);
  const ratio = median(ours) / floor;
  console.log(`${ratio.toFixed(2)} times the bare download (goal: ${GOAL}) ${verdict(ratio)}`);
}

function verdict(ratio) {
  return ratio <= GOAL ? 'met' : 'MISSED';
}

/** A plan and its plugins in the bucket, with random content that no compression helps. */
async function publish({ s3, folder, name, count, bytes }) {
  const plugins = [];
  for (let n = 0; n < count; n += 1) {
    const archive = await pack(path.join(folder, `${name}-${n}`), `plugin-${n}`, bytes);
    const content = await readFile(archive);
    const key = `${name}/plugin-${n}.tgz`;
    await s3.put(BUCKET, key, content);
    plugins.push({ key, sha256: createHash('sha256').update(content).digest('hex') });
  }
  const text = (revision) => `[general]
product_family = "bench"
execution_plan_version = "1"
update_from = "s3"
update_path_root = "s3://${BUCKET}/${name}"
revision = ${revision}
${plugins
  .map(
    ({ key, sha256 }, n) => `
[[plugins]]
name = "plugin-${n}"
plugin_route = "plugin-${n}"
version = "1.0.0"
plugin_location_type = "s3"
plugin_base_path = "s3://${BUCKET}/${key}"
sha256 = "${sha256}"
visible_in_ui = false
run_after_event_name = "ExecutionPlanCompleted"
`,
  )
  .join('')}`;
  const planKey = `${name}/bench/1/execution_plan.toml`;
  await s3.put(BUCKET, planKey, text(2));
  return { endpoint: s3.endpoint, planKey, plugins, baseText: text(1) };
}

async function pack(folder, name, bytes) {
  const files = 20;
  await mkdir(path.join(folder, 'package'), { recursive: true });
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    firstlight: { apiVersion: 1, main: 'index.js' },
  };
  await writeFile(path.join(folder, 'package/package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'package/index.js'), 'export default {};\n');
  for (let n = 0; n < files; n += 1) {
    const content = randomFillSync(Buffer.alloc(Math.floor(bytes / files)));
    await writeFile(path.join(folder, `package/data-${n}.bin`), content);
  }
  const archive = path.join(folder, `${name}.tgz`);
  await create({ file: archive, gzip: true, cwd: folder }, ['package']);
  return archive;
}

/** What somebody writes who does not care: no limits, digests, checks or flushes. */
async function bare({ endpoint, planKey, plugins }, to) {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: '', secretAccessKey: '' },
    signer: { sign: async (request) => request },
  });
  const get = async (Key) =>
    (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body;
  await writeFile(path.join(to, 'plan.toml'), await (await get(planKey)).transformToByteArray());
  const left = [...plugins.entries()];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [n, { key }] = next;
      const cwd = path.join(to, String(n));
      await mkdir(cwd);
      await pipeline(await get(key), extract({ cwd, strip: 1 }));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  client.destroy();
}

async function update({ endpoint, baseText }, to) {
  const paths = homePaths(to);
  for (const made of [paths.plans, paths.pluginCache, paths.downloads]) {
    await mkdir(made, { recursive: true });
  }
  const { core } = await checkCore({ file: 'core.toml', bytes: await readFile(CORE) });
  const bytes = Buffer.from(baseText);
  const { plan } = await checkPlan({ file: 'plan.toml', bytes, core });
  const base = { plan, text: baseText, digest: digestOf(bytes), source: 'base' };
  const updates = await createDeviceUpdates({
    files: nodeFiles,
    paths,
    config: deviceConfig(endpoint),
    core,
    base,
    baseFolder: to,
    buildTime: 0,
  });
  if (!updates.ok) throw new Error(updates.failure.message);
  const { updater, supply } = updates.value;
  const outcome = await updater.update({
    base,
    activeDigest: base.digest,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  const { plugins } = outcome.value.loaded.plan;
  supply.prefetch(plugins);
  await supply.whenIdle();
  for (const entry of plugins) {
    const signal = new AbortController().signal;
    const found = await supply.get(entry, { signal, onProgress: () => undefined });
    if (!found.ok) throw new Error(found.failure.message);
  }
  await supply.dispose();
}

function deviceConfig(endpoint) {
  return {
    update: { budget_seconds: 60, channel: 'stable' },
    transfer: {
      connect_seconds: 5,
      stall_seconds: 10,
      total_seconds: 900,
      retries: 0,
      parallel: PARALLEL,
    },
    s3: { endpoint, path_style: true, credentials: 'none' },
    https: {},
    unc: { mounts: {} },
    trust: {},
    store: { max_mib: 1024 },
  };
}

/** The most that a process of its own held beyond what it held at its start, while it took one archive. */
async function measureMemory({ s3, folder }) {
  const rows = [];
  const tiny = await publish({ s3, folder, name: 'memory-tiny', count: 1, bytes: 1024 });
  for (const mib of [1, 16, 56]) {
    const site = await publish({ s3, folder, name: `memory-${mib}`, count: 1, bytes: mib * MIB });
    const job = path.join(folder, 'job.json');
    const homes = [path.join(folder, `tiny-${mib}`), path.join(folder, `home-${mib}`)];
    await writeFile(job, JSON.stringify({ tiny, site, homes }));
    const { stdout } = await run_(process.execPath, [import.meta.filename, TAKE, job]);
    rows.push({ archive: `${mib} MiB`, 'more memory': `${stdout.trim()} MiB` });
    for (const home of homes) await rm(home, { recursive: true });
  }
  table('update: memory by archive size', rows);
}

// In the process that is measured.
if (process.argv[2] === TAKE) {
  const { tiny, site, homes } = JSON.parse(await readFile(process.argv[3], 'utf8'));
  const [first, second] = homes;
  // Libraries are loaded by then, and the heap has its size.
  await update(tiny, first);
  const before = peak();
  await update(site, second);
  console.log(((peak() - before) / 1024).toFixed(0));
}

/** Most memory so far, in KiB. That of `resourceUsage` may begin with what the parent had. */
function peak() {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
}
