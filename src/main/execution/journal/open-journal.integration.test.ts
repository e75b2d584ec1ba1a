import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '#shared';
import type { ExecutionJournal, JournalOptions } from './execution-journal.ts';
import { openExecutionJournal, readExecutionJournal } from './open-journal.ts';
import { entry } from './testing/written-journal.test-support.ts';

const OK = { ok: true, value: undefined };
const APPENDER = fileURLToPath(
  new URL('testing/append-until-killed.test-support.ts', import.meta.url),
);
const KILLS = process.env.FIRSTLIGHT_FULL === '1' ? 500 : 40;

let home: string;
let folder: string;
let children: ChildProcess[] = [];
let journals: ExecutionJournal[] = [];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'firstlight-journal-'));
  folder = path.join(home, 'journal');
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  for (const journal of journals) await journal.close();
  journals = [];
  await rm(home, { recursive: true });
});

function tryOpen(options: Partial<JournalOptions> = {}) {
  return openExecutionJournal({
    folder,
    snapshot: () => [],
    onTrouble: () => undefined,
    ...options,
  });
}

async function opened(options: Partial<JournalOptions> = {}): Promise<ExecutionJournal> {
  const journal = await tryOpen(options);
  if (!journal.ok) throw new Error(journal.failure.message);
  journals.push(journal.value);
  return journal.value;
}

/** How far each execution goes, in a journal that is only read. */
async function lengths(): Promise<{ readonly [execution: string]: number }> {
  const recovery = await readExecutionJournal(folder);
  if (!recovery.ok) throw new Error(recovery.failure.message);
  expect(recovery.value.setAside).toEqual([]);
  return Object.fromEntries(
    recovery.value.executions.map(({ execution, snapshot, snapshotSeq, records, damaged }) => {
      expect(damaged).toBe(false);
      if (snapshotSeq > 0) expect(snapshot).toEqual({ upTo: snapshotSeq });
      for (const [index, record] of records.entries()) {
        expect(record).toEqual({ is: `${execution} ${snapshotSeq + index + 1}` });
      }
      return [execution, snapshotSeq + records.length];
    }),
  );
}

/** A process that appends; `kill` ends it and gives the last acknowledged record of each execution. */
function startAppender() {
  const child = spawn(process.execPath, [APPENDER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const acknowledged: Record<string, number> = {};
  async function readLine(): Promise<boolean> {
    const line = await lines.next();
    if (line.done === true) return false;
    const [execution = '', seq] = line.value.split(' ');
    if (seq !== undefined) acknowledged[execution] = Number(seq);
    else expect(line.value).toBe('opened');
    return true;
  }
  return {
    readLine,
    kill: async () => {
      child.kill('SIGKILL');
      // What it had said before it died is still in the pipe.
      while (await readLine());
      await exited;
      return acknowledged;
    },
  };
}

describe('openExecutionJournal', () => {
  it('gives back what was appended, after it was opened again', async () => {
    const journal = await opened();
    expect(await journal.append([entry('a', 1), entry('b', 1)])).toEqual(OK);
    expect(await journal.append([entry('a', 2)])).toEqual(OK);
    await journal.close();
    const { recovery } = await opened();
    expect(recovery.setAside).toEqual([]);
    expect(recovery.executions).toEqual(
      [entry('a', 1), entry('b', 1)].map(({ execution, record }) => ({
        execution,
        snapshot: undefined,
        snapshotSeq: 0,
        records: execution === 'a' ? [record, entry('a', 2).record] : [record],
        damaged: false,
      })),
    );
  });

  it('syncs once for all records of one turn, and once for each of a chain', async () => {
    const journal = await opened();
    await Promise.all(Array.from({ length: 100 }, (_, i) => journal.append([entry(`e${i}`, 1)])));
    expect(journal.syncs).toBe(1);
    for (let seq = 1; seq <= 25; seq += 1) await journal.append([entry('a', seq)]);
    expect(journal.syncs).toBe(26);
  });

  it('lets only its owner read the files', async () => {
    const journal = await opened();
    await journal.append([entry('a', 1)]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(folder, '00000001.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('is refused while another process has it, and given when that was killed', async () => {
    const appender = startAppender();
    await appender.readLine();
    expect(await tryOpen()).toMatchObject({ ok: false, failure: { code: 'session/locked' } });
    await appender.kill();
    await opened();
  });

  it('is refused a second time in the same process', async () => {
    await opened();
    expect(await tryOpen()).toMatchObject({ ok: false, failure: { code: 'session/locked' } });
  });

  it('names the folder where it cannot be made', async () => {
    await writeFile(folder, '');
    expect(await tryOpen()).toMatchObject({
      ok: false,
      failure: {
        code: 'shell/read-only',
        message: `The state folder ${folder} cannot be written to (EEXIST).`,
      },
    });
  });

  it('copies a damaged segment aside, and says what is wrong with it', async () => {
    const journal = await opened();
    for (let seq = 1; seq <= 3; seq += 1) await journal.append([entry('a', seq)]);
    await journal.append([entry('b', 1)]);
    await journal.close();
    const file = path.join(folder, '00000001.jsonl');
    const damaged = (await readFile(file, 'utf8')).replace('größe a2', 'GRÖSSE a2');
    await writeFile(file, damaged);

    const { recovery } = await opened();
    expect(recovery.setAside).toEqual([
      {
        file: '00000001.jsonl.damaged',
        reason: 'it is damaged; records lost in or before it: 1',
      },
    ]);
    expect(await readFile(`${file}.damaged`, 'utf8')).toBe(damaged);
    expect(recovery.executions.map(({ execution, damaged: is }) => [execution, is])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('begins new segments with snapshots, and keeps one generation back', async () => {
    let seq = 0;
    const journal = await opened({
      segmentBytes: 5000,
      snapshot: () => [{ execution: 'a', seq, state: { upTo: seq } }],
    });
    while (seq < 500) {
      seq += 1;
      await journal.append([{ execution: 'a', seq, record: { is: `a ${seq}` } }]);
    }
    await journal.close();
    expect((await readdir(folder)).length).toBe(4);
    expect(await lengths()).toEqual({ a: 500 });
  });
});

describe('readExecutionJournal', () => {
  it('finds nothing where there is no journal', async () => {
    const nothing = { ok: true, value: { executions: [], setAside: [] } };
    expect(await readExecutionJournal(folder)).toEqual(nothing);
  });

  it('reads what another process writes, and changes nothing', async () => {
    const appender = startAppender();
    for (let line = 0; line < 100; line += 1) await appender.readLine();
    for (let look = 0; look < 20; look += 1) await lengths();
    const acknowledged = await appender.kill();
    const before = await contents();
    for (const [execution, length] of Object.entries(await lengths())) {
      expect(length).toBeGreaterThanOrEqual(acknowledged[execution] ?? 0);
    }
    expect(await contents()).toEqual(before);
  });

  async function contents(): Promise<readonly unknown[]> {
    const names = (await readdir(folder)).toSorted();
    return Promise.all(
      names.map(async (name) => [name, await readFile(path.join(folder, name), 'latin1')]),
    );
  }
});

describe('a journal whose process is killed', () => {
  it(
    'holds every acknowledged record and at most one more of each chain',
    { timeout: KILLS * 5000 },
    async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const appender = startAppender();
        // Some at its very start, most in the middle of writing; the segments are of 150 records.
        const after = kill % 8 === 0 ? 0 : Math.floor(Math.random() * 200);
        for (let line = 0; line <= after; line += 1) await appender.readLine();
        const acknowledged = await appender.kill();
        for (const [execution, length] of Object.entries(await lengths())) {
          const sure = acknowledged[execution] ?? 0;
          expect(length).toBeGreaterThanOrEqual(sure);
          if (sure > 0) expect(length).toBeLessThanOrEqual(sure + 1);
        }
      }
    },
  );
});

describe('a journal on a device in trouble', () => {
  it.runIf(canMount())('waits on a full disk, and goes on when there is room', async () => {
    await opened().then((journal) => journal.close());
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    try {
      const said: (Failure | undefined)[] = [];
      let troubled = (): void => undefined;
      const inTrouble = new Promise<void>((resolve) => (troubled = resolve));
      const journal = await opened({
        onTrouble: (failure) => {
          said.push(failure);
          troubled();
        },
      });
      expect(await journal.append([entry('a', 1)])).toEqual(OK);
      const filler = await open(path.join(folder, 'filler'), 'w');
      await expect(filler.writeFile(Buffer.alloc(100_000))).rejects.toThrow('ENOSPC');
      await filler.close();
      // More than what is left of the page that the journal has already.
      const long = { execution: 'a', seq: 2, record: 'x'.repeat(8192) };
      const appends = [journal.append([long]), journal.append([entry('b', 1)])];
      await inTrouble;
      expect(said).toMatchObject([{ code: 'shell/read-only' }]);
      await rm(path.join(folder, 'filler'));
      expect(await Promise.all(appends)).toEqual([OK, OK]);
      expect(said).toMatchObject([{ code: 'shell/read-only' }, undefined]);
      await journal.close();
      const { recovery } = await opened();
      expect(recovery.executions.map(({ records }) => records.length)).toEqual([2, 1]);
      await Promise.all(journals.map((each) => each.close()));
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });

  it('writes while all threads of the pool hang', async () => {
    const journal = await opened();
    await journal.append([entry('a', 1)]);
    const fifo = path.join(home, 'fifo');
    execFileSync('mkfifo', [fifo]);
    // Reading from a pipe that nobody writes to, as from a share whose server is gone.
    const hanging = Array.from({ length: 4 }, () => open(fifo, 'r'));
    let isPoolFree = false;
    const other = stat(home).then(() => (isPoolFree = true));
    expect(await journal.append([entry('a', 2)])).toEqual(OK);
    expect(isPoolFree).toBe(false);
    const writer = openSync(fifo, constants.O_RDWR);
    for (const handle of await Promise.all(hanging)) await handle.close();
    await other;
    closeSync(writer);
  });
});

function canMount(): boolean {
  const at = path.join(tmpdir(), `firstlight-mount-${process.pid}`);
  try {
    execFileSync('mkdir', [at]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', ['-l', at]);
    return true;
  } catch {
    return false;
  } finally {
    execFileSync('rm', ['-d', at]);
  }
}
