import { spawn, type ChildProcess } from 'node:child_process';
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

/** Kills of each plugin that are tried; some come when all is done. */
const KILLS = process.env['FIRSTLIGHT_FULL'] === '1' ? 100 : 12;
/** Of one setup: later ones hit later steps. */
const KILLS_A_SETUP = 3;
/** A life takes about as long. */
const LATEST_KILL_MS = 900;
const LOOK_EVERY_MS = 10;

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

/**
 * Runs a process with one life of the app, and looks again and again meanwhile. Gives what its execution
 * came to; nothing if it was killed.
 */
async function live(
  options: LifeProcessOptions,
  end: End,
  look: () => Promise<void>,
): Promise<string | undefined> {
  const { killAtChange } = end;
  const given = { ...options, ...(killAtChange === undefined ? {} : { killAtChange }) };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(given)], {
    // A group of its own, so that all of the app dies at once.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    // One that is killed leaves its temporary files behind.
    env: { ...process.env, TMPDIR: folder },
  });
  const words: string[] = [];
  const lines = createInterface(child.stdout);
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]);
  lines.on('line', (line) => {
    words.push(line);
    if (end.killAfterMs !== undefined && line === 'open') void kill(child, end.killAfterMs);
  });
  try {
    while (isRunning(child)) {
      await look();
      await after(LOOK_EVERY_MS);
    }
  } catch (thrown) {
    await kill(child, 0);
    throw thrown;
  } finally {
    await ended;
  }
  return words[1];
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** With its whole group, if it has not ended by then. */
async function kill(child: ChildProcess, ms: number): Promise<void> {
  await after(ms);
  if (child.pid !== undefined && isRunning(child)) process.kill(-child.pid, 'SIGKILL');
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
  /** What must hold at every moment. */
  readonly whole: () => Promise<void>;
  /** What must hold after each life, given what is done. */
  readonly look: (done: ReadonlySet<string>) => Promise<void>;
}

/** Kills one setup several times, and lets it go on to its end. */
async function killAndGoOn({ options, seed, changes, whole, look }: CrashRun): Promise<void> {
  const random = randomOf(seed);
  for (let lives = 0; ; lives += 1) {
    const end = endOf(lives, { seed, changes, random });
    const said = await live(options, end, whole);
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

/** Several starts of processes, on a machine that may have much else to do. */
const TIMEOUT_MS = 180_000;

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

  /** The same without reading them: quick enough to meet an installation that does it file by file. */
  async function expectComplete(data: string): Promise<void> {
    for (const version of await readdir(path.join(data, 'versions')).catch(() => [])) {
      const there = await readdir(path.join(data, 'versions', version), { recursive: true });
      // And two folders.
      expect(there).toHaveLength(release.files.size + 2);
    }
  }

  it.each(SEEDS)(
    'goes on, and shows nothing by halves (seed %i)',
    { timeout: TIMEOUT_MS },
    async (seed) => {
      const home = path.join(folder, 'home');
      const data = dataFolderOf(home, 'runtime-install');
      const answers = server.answersFor(release);
      /** What was there when the step was first seen to be done. */
      const seen = new Map<string, unknown>();
      await killAndGoOn({
        options: { home, plugin: 'runtime-install', answers },
        seed,
        changes: 2 + 2 * 6,
        whole: () => expectComplete(data),
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
    },
  );
});

describe('packages, killed', () => {
  it.each(SEEDS)(
    'goes on, and upgrades each package once (seed %i)',
    { timeout: TIMEOUT_MS },
    async (seed) => {
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
        async whole() {
          // A list that is being written has another name.
          for (const line of await linesOf('installed.txt')) expect(line).toMatch(/^\S+ \S+$/);
        },
        async look(done) {
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
    },
  );
});
