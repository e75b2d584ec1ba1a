import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readExecutionJournal } from '../execution/journal/open-journal.ts';
import type { KeptRecord } from '../execution/engine/header.ts';
import { homePaths } from '../state/home.ts';
import {
  makeRelease,
  serveArchives,
  type ArchiveServer,
  type Release,
} from './testing/archive-server.test-support.ts';
import { dataFolderOf } from './testing/plugin-life.test-support.ts';
import type { LifeProcessOptions } from './testing/plugin-life-process.test-support.ts';

const PROGRAM = path.join(import.meta.dirname, 'testing', 'plugin-life-process.test-support.ts');

/** Kills of each plugin, all in all. */
const KILLS = process.env['FIRSTLIGHT_FULL'] === '1' ? 100 : 12;
/** Of one setup: later ones hit later steps. */
const KILLS_A_SETUP = 3;
/** A life takes about as long. */
const LATEST_KILL_MS = 900;

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'firstlight-crashes-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How a life ends: at a record, at any moment, or, with neither, by itself. */
interface End {
  readonly killAtChange?: number;
  readonly killAfterMs?: number;
}

function randomEnd(random: () => number): End {
  return random() < 0.5
    ? { killAtChange: 1 + Math.floor(random() * 7) }
    : { killAfterMs: random() * LATEST_KILL_MS };
}

/** Runs a process with one life of the app. Gives what its execution came to; nothing if it was killed. */
async function live(options: LifeProcessOptions, end: End): Promise<string | undefined> {
  const { killAtChange } = end;
  const given = { ...options, ...(killAtChange === undefined ? {} : { killAtChange }) };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(given)], {
    // A group of its own, so that all of the app dies at once.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    // One that is killed leaves its temporary files behind.
    env: { ...process.env, TMPDIR: folder },
  });
  const exit = once(child, 'exit');
  const words: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    words.push(line);
    if (end.killAfterMs !== undefined && line === 'open') void kill(child.pid, end.killAfterMs);
  });
  await Promise.all([exit, once(lines, 'close')]);
  return words[1];
}

async function kill(group: number | undefined, ms: number): Promise<void> {
  await after(ms);
  try {
    process.kill(-(group ?? 0), 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** What the journal has of the one execution in a home, in order. */
async function recordsIn(home: string): Promise<readonly KeptRecord[]> {
  const read = await readExecutionJournal(homePaths(home).executionJournal);
  if (!read.ok) throw new Error(read.failure.message);
  const { executions, setAside } = read.value;
  expect(setAside).toEqual([]);
  expect(executions.length).toBeLessThanOrEqual(1);
  return (executions[0]?.records ?? []) as unknown as readonly KeptRecord[];
}

/** Steps that are done for good. */
function doneIn(records: readonly KeptRecord[]): ReadonlySet<string> {
  const ended = records.filter((record) => record.type === 'step.ended');
  return new Set(ended.map(({ step }) => step));
}

/** No step is begun again after its end was written down. */
function expectNothingTwice(records: readonly KeptRecord[]): void {
  const done = new Set<string>();
  for (const record of records) {
    if (record.type === 'step.running') expect(done).not.toContain(record.step);
    if (record.type === 'step.ended') {
      expect(done).not.toContain(record.step);
      done.add(record.step);
    }
  }
}

interface CrashRun {
  readonly options: LifeProcessOptions;
  readonly seed: number;
  /** Changes of state in a whole execution: the first kill is at one of them, another one for each seed. */
  readonly changes: number;
  /** After each life: what must hold at every moment, given what is done. */
  readonly look: (done: ReadonlySet<string>) => Promise<void>;
}

/** Kills one setup several times, and lets it go on to its end. */
async function killAndGoOn({ options, seed, changes, look }: CrashRun): Promise<void> {
  const random = randomOf(seed);
  for (let lives = 0; ; lives += 1) {
    const end = endOf(lives, { seed, changes, random });
    const said = await live(options, end);
    const records = await recordsIn(options.home);
    expectNothingTwice(records);
    await look(doneIn(records));
    const last = records.findLast((record) => record.type === 'status');
    // It may be killed when it has ended, and before it could say so.
    if (last?.status === 'completed') return;
    expect(said, 'the execution ended, but not well').toBeUndefined();
    if (lives === KILLS_A_SETUP) throw new Error('a life ended that nobody has killed');
  }
}

function endOf(
  lives: number,
  { seed, changes, random }: { seed: number; changes: number; random: () => number },
): End {
  // A prime, so that few seeds are spread over all changes.
  if (lives === 0) return { killAtChange: 1 + ((seed * 5) % changes) };
  return lives < KILLS_A_SETUP ? randomEnd(random) : {};
}

const SEEDS = Array.from({ length: Math.ceil(KILLS / KILLS_A_SETUP) }, (_, index) => index + 1);

describe('runtime-install, killed', () => {
  let scratch: string;
  let release: Release;
  let server: ArchiveServer;
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'firstlight-release-'));
    release = await makeRelease(scratch, '1.0.0');
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));
  beforeEach(async () => {
    server = await serveArchives([release]);
    // So that a kill at any moment may well meet the download.
    server.manners.paceMs = 10;
  });
  afterEach(() => server[Symbol.asyncDispose]());

  /** Each version that others can see has all its files, with their bytes. */
  async function expectWhole(data: string): Promise<void> {
    const versions = await readdir(path.join(data, 'versions')).catch(() => []);
    for (const version of versions) {
      for (const [file, bytes] of release.files) {
        const there = await readFile(path.join(data, 'versions', version, file));
        expect(there.equals(bytes), `${version}/${file}`).toBe(true);
      }
    }
    const target = await readlink(path.join(data, 'current')).catch(() => undefined);
    if (target !== undefined) await access(path.join(data, target, 'bin', 'rt'));
  }

  it.each(SEEDS)('goes on, and shows nothing by halves (seed %i)', async (seed) => {
    const home = path.join(folder, 'home');
    const data = dataFolderOf(home, 'runtime-install');
    const answers = server.answersFor(release);
    /** What was there when the step was first seen to be done. */
    const seen = new Map<string, unknown>();
    await killAndGoOn({
      options: { home, plugin: 'runtime-install', answers },
      seed,
      changes: 2 + 2 * 6,
      async look(done) {
        await expectWhole(data);
        const evidence: Record<string, () => Promise<unknown>> = {
          download: () => Promise.resolve(server.ranges.length),
          install: async () => (await readdir(path.join(data, 'versions'))).length,
          symlink: async () => (await lstat(path.join(data, 'current'))).ino,
        };
        for (const [step, find] of Object.entries(evidence)) {
          if (!done.has(step)) continue;
          const now = await find();
          if (seen.has(step)) expect(now, step).toEqual(seen.get(step));
          seen.set(step, now);
        }
      },
    });
    await expectWhole(data);
    expect(await readdir(path.join(data, 'versions'))).toHaveLength(1);
    expect(await readdir(path.join(data, 'downloads'))).toEqual([]);
    expect(await readdir(path.join(data, 'unpacked'))).toEqual([]);
    const target = await readlink(path.join(data, 'current'));
    expect(target).toBe(path.join('versions', (await readdir(path.join(data, 'versions')))[0]!));
  });
});

describe('packages, killed', () => {
  it.each(SEEDS)('goes on, and upgrades each package once (seed %i)', async (seed) => {
    const home = path.join(folder, 'home');
    const data = dataFolderOf(home, 'packages');
    const linesOf = async (file: string): Promise<readonly string[]> => {
      const text = await readFile(path.join(data, file), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '');
    };
    const begun = async (step: string): Promise<number> =>
      (await linesOf('history.log')).filter((line) => line === step).length;
    let refreshes: number | undefined;
    await killAndGoOn({
      options: { home, plugin: 'packages' },
      seed,
      changes: 2 + 2 * 2,
      async look(done) {
        // A list that is being written has another name.
        for (const line of await linesOf('installed.txt')) expect(line).toMatch(/^\S+ \S+$/);
        if (!done.has('refresh')) return;
        refreshes ??= await begun('refresh');
        expect(await begun('refresh')).toBe(refreshes);
      },
    });
    const installed = await linesOf('installed.txt');
    const index = await readFile(
      new URL('../../../plugins/packages/index.txt', import.meta.url),
      'utf8',
    );
    expect([...installed].sort()).toEqual(index.trim().split('\n').sort());
    const setUp = (await linesOf('history.log')).filter((line) => line.startsWith('set up'));
    expect(new Set(setUp).size).toBe(setUp.length);
  });
});
