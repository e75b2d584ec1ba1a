/**
 * The journal of executions against the bare things in the same run: append and fdatasync on the main
 * thread, `node:sqlite` (WAL, synchronous FULL), and split with `JSON.parse`. Forms take turns, so that
 * whatever else the machine does meets each alike. Ratios travel, figures do not.
 */
import { execFileSync } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { closeSync, constants, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeEntry } from '../src/main/execution/journal/journal-format.ts';
import { nodeJournalFiles } from '../src/main/execution/journal/node-journal-files.ts';
import { openExecutionJournal } from '../src/main/execution/journal/open-journal.ts';
import { recoverJournal } from '../src/main/execution/journal/recover.ts';
import { createSegmentWriter } from '../src/main/execution/journal/segment-writer.ts';
import { median, row, table } from './measure.mjs';

const ROUNDS = 61;
/** Records one after the other in each round: few, since other programs use the disk as well. */
const CHAIN = 20;
const RECOVERIES = 15;
const WRITERS = 100;
const RECORDS = 100_000;
const ALIVE = 200;
/** Threads of libuv's pool, unless the environment says otherwise. */
const POOL = Number(process.env.UV_THREADPOOL_SIZE ?? 4);

export async function run() {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-bench-'));
  try {
    await latency(folder);
    await recovery(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const recordOf = (n) =>
  n % 2 === 0
    ? { type: 'step.running', step: `download-${n % 20}`, attempt: 1, at: 1_753_000_000_000 + n }
    : {
        type: 'step.ended',
        step: `download-${n % 20}`,
        status: 'completed',
        result: {
          stepName: `download-${n % 20}`,
          success: true,
          skipped: false,
          output: 'done\n',
          durationSeconds: 0.123,
          attempts: 1,
          outputs: { path: '/tmp/archive.tar' },
        },
        at: 1_753_000_000_000 + n,
      };

async function latency(folder) {
  const journal = await openJournal(path.join(folder, 'journal'));
  const bare = bareAppend(path.join(folder, 'bare'));
  const forms = {
    'append + fdatasync (floor)': () => chain(bare),
    'node:sqlite, WAL, synchronous FULL': await sqliteChain(path.join(folder, 'sqlite')),
    'journal, one record': () => chain((n) => journal.one(`bench-${n % 8}`, n)),
    'journal, pool hangs': () =>
      whileHanging(folder, () => chain((n) => journal.one(`bench-${n % 8}`, n))),
    'journal, pool computes': () =>
      whileComputing(() => chain((n) => journal.one(`bench-${n % 8}`, n))),
    [`append of ${WRITERS} lines + fdatasync`]: () => chain((n) => bare(n, WRITERS), 5),
    [`journal, ${WRITERS} writers together`]: () => chain((n) => journal.together(n), 5),
  };
  const times = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, form] of Object.entries(forms)) {
      const ns = await form();
      // The first round warms up.
      if (round > 0) times[name].push(ns);
    }
  }
  await journal.close();
  const names = Object.keys(forms);
  const [bareTimes, , loneTimes, hangingTimes, , , groupTimes] = Object.values(times);
  const floor = median(bareTimes);
  table(
    `Durable records, median of ${ROUNDS} rounds`,
    names.map((name, index) => {
      const [ns, count] = [median(times[name]), index < 5 ? 1 : WRITERS];
      const what = count === 1 ? 'one record' : `${count} records`;
      return { ...row(what, name, ns, floor), 'records/s': Math.round((count * 1e9) / ns) };
    }),
  );
  goal('one durable record against append + fdatasync', ratio(loneTimes, bareTimes), 1.25);
  goal('latency with a hanging pool against idle', ratio(hangingTimes, loneTimes), 1.5);
  const rate = WRITERS * ratio(loneTimes, groupTimes);
  goal(`${WRITERS} writers together against the lone rate`, rate, 30, 'least');
}

/** Median of the ratios within each round: a slow moment of the disk meets both. */
function ratio(times, floors) {
  return median(times.map((ns, round) => ns / floors[round]));
}

/** Median of `count` calls one after the other, in nanoseconds. */
async function chain(call, count = CHAIN) {
  const times = [];
  for (let n = 0; n < count; n += 1) {
    const since = process.hrtime.bigint();
    await call(n);
    times.push(Number(process.hrtime.bigint() - since));
  }
  return median(times);
}

async function openJournal(folder) {
  const opened = await openExecutionJournal({
    folder,
    snapshot: () => [],
    onTrouble: (failure) => console.error(failure),
    segmentBytes: 1e9,
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  const seqs = new Map();
  const entry = (execution, n) => {
    const seq = (seqs.get(execution) ?? 0) + 1;
    seqs.set(execution, seq);
    return { execution, seq, record: recordOf(n) };
  };
  return {
    one: (execution, n) => opened.value.append([entry(execution, n)]),
    together: (n) =>
      Promise.all(
        Array.from({ length: WRITERS }, (_, i) => opened.value.append([entry(`writer-${i}`, n)])),
      ),
    close: () => opened.value.close(),
  };
}

function bareAppend(file) {
  const fd = openSync(file, 'w');
  return (n, count = 1) => {
    const line = `${JSON.stringify({ execution: `bench-${n % 8}`, seq: n, record: recordOf(n) })}\n`;
    writeSync(fd, count === 1 ? line : line.repeat(count));
    fdatasyncSync(fd);
  };
}

async function sqliteChain(file) {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE records (n INTEGER PRIMARY KEY, execution TEXT, seq INT, record TEXT)',
  );
  const insert = database.prepare('INSERT INTO records (execution, seq, record) VALUES (?, ?, ?)');
  return () => chain((n) => insert.run(`bench-${n % 8}`, n, JSON.stringify(recordOf(n))));
}

/** All threads of the pool open a pipe that nobody writes to, as they would a dead share. */
async function whileHanging(folder, body) {
  const fifo = path.join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const hanging = Array.from({ length: POOL }, () => open(fifo, 'r'));
  try {
    return await body();
  } finally {
    const writer = openSync(fifo, constants.O_RDWR);
    for (const handle of await Promise.all(hanging)) await handle.close();
    closeSync(writer);
    await rm(fifo);
  }
}

/** Twice as many computations as the pool has threads; they also take the processors. */
async function whileComputing(body) {
  let isOver = false;
  const compute = () =>
    new Promise((resolve) => pbkdf2('a', 'b', 20_000, 32, 'sha256', resolve)).then(() =>
      isOver ? undefined : compute(),
    );
  const jobs = Array.from({ length: 2 * POOL }, compute);
  try {
    return await body();
  } finally {
    isOver = true;
    await Promise.all(jobs);
  }
}

async function recovery(folder) {
  const whole = path.join(folder, 'whole');
  const rotated = path.join(folder, 'rotated');
  await mkdir(whole);
  await mkdir(rotated);
  writeRecords(whole);
  writeRecords(rotated, true);
  const file = path.join(whole, '00000001.jsonl');
  const forms = {
    'split + JSON.parse (floor)': () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    'journal with checksums': () => recoverJournal(nodeJournalFiles, whole),
    'journal from a snapshot': () => recoverJournal(nodeJournalFiles, rotated),
  };
  const times = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  for (let round = 0; round <= RECOVERIES; round += 1) {
    for (const [name, form] of Object.entries(forms)) {
      const since = process.hrtime.bigint();
      form();
      if (round > 0) times[name].push(Number(process.hrtime.bigint() - since));
    }
  }
  const { recovery: found } = recoverJournal(nodeJournalFiles, whole);
  const count = found.executions.reduce((sum, { records }) => sum + records.length, 0);
  if (count !== RECORDS || found.setAside.length > 0) throw new Error('not everything came back');
  const what = `${RECORDS} records`;
  const [floors, ours, snapshots] = Object.values(times);
  table(
    `Recovery, median of ${RECOVERIES} rounds`,
    Object.keys(forms).map((name) => row(what, name, median(times[name]), median(floors))),
  );
  goal('recovery against split + JSON.parse', ratio(ours, floors), 1.25);
  goal(`recovery from a snapshot of ${ALIVE} executions, ms`, median(snapshots) / 1e6, 15);
}

/** `RECORDS` records of `ALIVE` executions; then, if wanted, a snapshot, and a few more. */
function writeRecords(folder, isRotated = false) {
  const { tail } = recoverJournal(nodeJournalFiles, folder);
  const writer = createSegmentWriter({ files: nodeJournalFiles, folder, tail, now: Date.now });
  const name = (n) => `0198b2c4-7f3a-7d11-9c55-${String(n % ALIVE).padStart(12, '0')}`;
  const entries = (from, count) =>
    Array.from({ length: count }, (_, i) => {
      const n = from + i;
      const seq = Math.floor(n / ALIVE) + 1;
      return encodeEntry({ execution: name(n), seq, record: recordOf(n) });
    });
  writer.open();
  for (let n = 0; n < RECORDS; n += 1000) writer.write(n + 1, entries(n, 1000));
  if (isRotated) {
    const states = Array.from({ length: ALIVE }, (_, n) => ({
      execution: name(n),
      seq: RECORDS / ALIVE,
      state: Array.from({ length: 20 }, (_, step) => recordOf(2 * step + 1)),
    }));
    writer.rotate(JSON.stringify(states));
    writer.write(RECORDS + 1, entries(RECORDS, 1000));
  }
  writer.close();
}

function goal(name, value, limit, kind = 'most') {
  const met = kind === 'most' ? value <= limit : value >= limit;
  console.log(`  ${met ? 'met ' : 'MISSED'} ${name}, at ${kind} ${limit}: ${value.toFixed(2)}`);
}
