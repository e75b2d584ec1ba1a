/**
 * Verify and unpack of a plugin archive against the bare writing of the same files, in the same run and
 * taking turns: without flushing (what a program does that does not care), and flushed one by one
 * (what is asked of an install). `tar` is shown beside it. Also how long the event loop was held up.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { create, extract } from 'tar';
import { unpackPlugin } from '../src/main/plugins/unpack.ts';
import { median, row, table } from './measure.mjs';

const SHAPES = [
  { what: '1 MiB, 20 files', count: 20, bytes: 52_428, rounds: 25 },
  { what: '20 MiB, 200 files', count: 200, bytes: 104_857, rounds: 11 },
  { what: '6 MiB, 5,000 files', count: 5000, bytes: 1200, rounds: 3 },
];
const FILES_PER_FOLDER = 50;
/** At most so many times the bare writing. */
const GOAL = 2.5;
/** Half of each file is text, half of it noise, as in a package with pictures. */
const TEXT = readFileSync(
  fileURLToPath(new URL('../node_modules/typescript/lib/_tsc.js', import.meta.url)),
);

export async function run() {
  for (const shape of SHAPES) await measureShape(shape);
}

async function measureShape({ what, count, bytes, rounds }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-bench-'));
  try {
    const files = makeFiles(count, bytes);
    const archive = await pack(files, folder);
    const sha256 = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    const forms = {
      'bare writing (floor)': (to) => write(files, to, false),
      'bare writing, each file flushed': (to) => write(files, to, true),
      'tar extract, not verified, not flushed': (to) => extractWithTar(archive, to),
      'firstlight: verified, unpacked, flushed': (to) => unpack(archive, to, sha256),
    };
    const seen = await takeTurns(forms, folder, rounds);
    print(`${what} (${(statSync(archive).size / 1024).toFixed(0)} KiB packed)`, seen);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function makeFiles(count, bytes) {
  const folders = Math.ceil(count / FILES_PER_FOLDER);
  const files = Array.from({ length: count - 1 }, (_, index) => {
    const content = randomFillSync(Buffer.alloc(bytes));
    const from = (index * 7919) % (TEXT.length - bytes);
    TEXT.copy(content, 0, from, from + bytes / 2);
    return { name: `part-${index % folders}/file-${index}.js`, content };
  });
  return [{ name: 'package.json', content: Buffer.from('{}') }, ...files];
}

async function pack(files, folder) {
  const archive = path.join(folder, 'plugin.tgz');
  write(files, path.join(folder, 'source', 'package'), false);
  await create({ file: archive, cwd: path.join(folder, 'source'), gzip: true, portable: true }, [
    'package',
  ]);
  return archive;
}

function write(files, to, flush) {
  const made = new Set();
  mkdirSync(to, { recursive: true });
  for (const { name, content } of files) {
    const parent = path.join(to, path.dirname(name));
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(path.join(to, name), content, { flush });
  }
}

function extractWithTar(archive, to) {
  mkdirSync(to, { recursive: true });
  extract({ file: archive, cwd: to, strip: 1, sync: true });
}

async function unpack(archive, to, sha256) {
  const result = await unpackPlugin({ archive, cacheFolder: to, sha256 });
  if (!result.ok) throw new Error(result.failure.message);
}

async function takeTurns(forms, folder, rounds) {
  const seen = Object.fromEntries(Object.keys(forms).map((name) => [name, { ms: [], held: [] }]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, form] of Object.entries(forms)) {
      const to = path.join(folder, 'to');
      const loop = monitorEventLoopDelay({ resolution: 1 });
      loop.enable();
      const since = performance.now();
      await form(to);
      const ms = performance.now() - since;
      loop.disable();
      await rm(to, { recursive: true });
      // The first round warms the disk cache and the compiler.
      if (round === 0) continue;
      seen[name].ms.push(ms);
      seen[name].held.push(loop.max / 1e6);
    }
  }
  return seen;
}

function print(title, seen) {
  const [floor, flushed, , ours] = Object.values(seen).map(({ ms }) => median(ms));
  const rows = Object.entries(seen).map(([name, { ms, held }]) => ({
    ...row(title, name, median(ms) * 1e6, floor * 1e6),
    'x flushed': (median(ms) / flushed).toFixed(2),
    // What is synchronous holds it up all the time, which the monitor does not see.
    'loop held, ms': name.startsWith('firstlight') ? Math.max(...held).toFixed(1) : '',
  }));
  table(`Verify and unpack, ${title}`, rows);
  console.log(
    `goal ${GOAL}: ${(ours / floor).toFixed(2)} times the bare writing, ` +
      `${(ours / flushed).toFixed(2)} times the bare writing with each file flushed`,
  );
}
