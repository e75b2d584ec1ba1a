import { describe, expect, it } from 'vitest';
import type { Failure } from '#shared';
import type { ExecutionSnapshot } from './execution-journal.ts';
import { hookedJournalFiles, systemError } from './testing/hooked-journal-files.test-support.ts';
import { openInProcess, type InProcessJournal } from './testing/in-process-journal.test-support.ts';
import { unsyncedJournalFiles } from './testing/unsynced-journal-files.test-support.ts';
import { entry, FOLDER, found, setAside } from './testing/written-journal.test-support.ts';

const OK = { ok: true, value: undefined };

/** A disk that refuses some calls while a test wants it to. */
function failingDisk() {
  const disk = unsyncedJournalFiles();
  const failing = new Map<string, string>();
  const files = hookedJournalFiles(disk, ({ call }) => {
    const code = failing.get(call);
    if (code !== undefined) throw systemError(code);
  });
  return { disk, failing, files };
}

/** Appends `count` records of one execution, one after the other is on the disk. */
async function appendChain(rig: InProcessJournal, count: number, first = 1): Promise<void> {
  for (let seq = first; seq < first + count; seq += 1) {
    const appended = rig.journal.append([entry('a', seq)]);
    await rig.settle();
    await appended;
  }
}

describe('appending to a journal', () => {
  it('resolves only when the records are on the disk', async () => {
    const disk = unsyncedJournalFiles();
    const rig = openInProcess(disk);
    let isWritten = false;
    const appended = rig.journal.append([entry('a', 1)]).then(() => (isWritten = true));
    rig.turn();
    await new Promise(setImmediate);
    expect([isWritten, found(disk.powerCut(() => 0))]).toEqual([false, {}]);
    rig.work();
    await appended;
    expect(found(disk.powerCut(() => 0))).toEqual({ a: '1' });
  });

  it('syncs once for all that was appended in one turn', async () => {
    const rig = openInProcess(unsyncedJournalFiles());
    const appends = Array.from({ length: 100 }, (_, i) => rig.journal.append([entry(`e${i}`, 1)]));
    await rig.settle();
    expect(await Promise.all(appends)).toEqual(appends.map(() => OK));
    expect(rig.journal.syncs).toBe(1);
  });

  it('syncs once for each record of a chain', async () => {
    const rig = openInProcess(unsyncedJournalFiles());
    await appendChain(rig, 20);
    expect(rig.journal.syncs).toBe(20);
  });

  it('lets everything that comes during a sync share the next one', async () => {
    let duringSync = (): void => undefined;
    const files = hookedJournalFiles(unsyncedJournalFiles(), ({ call }) => {
      if (call === 'sync') duringSync();
    });
    const rig = openInProcess(files);
    await rig.settle();
    duringSync = () => {
      duringSync = () => undefined;
      void rig.journal.append([entry('a', 2)]);
      rig.turn();
      void rig.journal.append([entry('b', 1)]);
      rig.turn();
    };
    void rig.journal.append([entry('a', 1)]);
    await rig.settle();
    expect([rig.journal.syncs, found(files)]).toEqual([2, { a: '2', b: '1' }]);
  });

  it('refuses a record that leaves a gap, since the next start would take it for damage', () => {
    const rig = openInProcess(unsyncedJournalFiles());
    expect(() => rig.journal.append([entry('a', 2)])).toThrow('record 2 of a follows record 0');
  });

  it('goes on counting from what it found', async () => {
    const disk = unsyncedJournalFiles();
    await appendChain(openInProcess(disk), 3);
    const rig = openInProcess(disk);
    await appendChain(rig, 1, 4);
    expect([found(disk), setAside(disk)]).toEqual([{ a: '4' }, []]);
  });
});

describe('a journal on a full disk', () => {
  it('says so once, keeps everything in order, and goes on when there is room', async () => {
    const { disk, failing, files } = failingDisk();
    const said: (Failure | undefined)[] = [];
    const rig = openInProcess(files, { onTrouble: (failure) => said.push(failure) });
    await appendChain(rig, 1);
    failing.set('write, half done', 'ENOSPC');
    const second = rig.journal.append([entry('a', 2)]);
    await rig.settle();
    const others = [rig.journal.append([entry('b', 1)]), rig.journal.append([entry('a', 3)])];
    await rig.pass(250);
    await rig.pass(500);
    expect(said).toEqual([
      {
        code: 'shell/read-only',
        message: `The state folder ${FOLDER} cannot be written to (ENOSPC).`,
        hint: 'The disk is full: free some space on it.',
      },
    ]);
    // Nothing of the refused write is left for a reader to stumble on.
    expect([found(disk), setAside(disk)]).toEqual([{ a: '1' }, []]);
    failing.clear();
    await rig.pass(1000);
    expect(await Promise.all([second, ...others])).toEqual([OK, OK, OK]);
    expect(said.slice(1)).toEqual([undefined]);
    expect(found(disk.powerCut(() => 0))).toEqual({ a: '3', b: '1' });
  });

  it('tries again after 0.25 s, doubling up to 10 s', async () => {
    const { failing, files } = failingDisk();
    let tries = 0;
    const counted = hookedJournalFiles(files, ({ call }) => (tries += call === 'sync' ? 1 : 0));
    const rig = openInProcess(counted);
    await rig.settle();
    failing.set('sync', 'EIO');
    void rig.journal.append([entry('a', 1)]);
    await rig.settle();
    const waits: number[] = [];
    for (let wait = 0; waits.length < 8; wait += 50) {
      const before = tries;
      await rig.pass(50);
      if (tries === before) continue;
      waits.push(wait + 50);
      wait = -50;
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('writes again what a failed sync may have thrown away', async () => {
    const { disk, failing, files } = failingDisk();
    const calls: string[] = [];
    const rig = openInProcess(hookedJournalFiles(files, ({ call }) => calls.push(call)));
    await rig.settle();
    failing.set('sync', 'EIO');
    const appended = rig.journal.append([entry('a', 1)]);
    await rig.settle();
    failing.clear();
    calls.length = 0;
    await rig.pass(250);
    expect(await appended).toEqual(OK);
    // Not the sync alone: after a failure the system takes the lost pages for clean.
    expect(calls).toEqual(['truncate', 'write', 'write, half done', 'sync']);
    expect(found(disk.powerCut(() => 0))).toEqual({ a: '1' });
  });

  it('has room for records where there is none for the zeros ahead of them', async () => {
    const disk = unsyncedJournalFiles();
    const small = hookedJournalFiles(disk, () => undefined);
    const said: unknown[] = [];
    const rig = openInProcess(
      {
        ...small,
        open: (file) => {
          const opened = small.open(file);
          return {
            ...opened,
            write: (bytes, position) => {
              if (position + bytes.length > 4096) throw systemError('ENOSPC');
              opened.write(bytes, position);
            },
          };
        },
      },
      { onTrouble: (failure) => said.push(failure) },
    );
    await appendChain(rig, 3);
    expect([found(disk), said]).toEqual([{ a: '3' }, []]);
  });

  it('fails what is left when it is closed, and waits for nothing', async () => {
    const { disk, failing, files } = failingDisk();
    const rig = openInProcess(files);
    await rig.settle();
    failing.set('write', 'ENOSPC');
    const appended = rig.journal.append([entry('a', 1)]);
    await rig.settle();
    const closed = rig.journal.close();
    await rig.settle();
    await closed;
    expect(await appended).toEqual({
      ok: false,
      failure: {
        code: 'shell/read-only',
        message: 'The journal was closed before the records were written.',
      },
    });
    expect(found(disk)).toEqual({});
  });

  it('opens when the disk allows it only later', async () => {
    const { failing, files } = failingDisk();
    failing.set('open', 'EROFS');
    const said: unknown[] = [];
    const rig = openInProcess(files, { onTrouble: (failure) => said.push(failure?.code) });
    const appended = rig.journal.append([entry('a', 1)]);
    await rig.settle();
    failing.clear();
    await rig.pass(250);
    expect([await appended, said]).toEqual([OK, ['shell/read-only', undefined]]);
  });
});

describe('closing a journal', () => {
  it('writes what is waiting', async () => {
    const disk = unsyncedJournalFiles();
    const rig = openInProcess(disk);
    const appended = rig.journal.append([entry('a', 1)]);
    const closed = rig.journal.close();
    rig.work();
    await closed;
    expect([await appended, found(disk)]).toEqual([OK, { a: '1' }]);
  });

  it('leaves text without zeros', async () => {
    const disk = unsyncedJournalFiles();
    const rig = openInProcess(disk);
    await appendChain(rig, 1);
    const closed = rig.journal.close();
    rig.work();
    await closed;
    expect(disk.read(`${FOLDER}/00000001.jsonl`).at(-1)).toBe(0x0a);
  });

  it('lets nothing be appended afterwards', async () => {
    const rig = openInProcess(unsyncedJournalFiles());
    const closed = rig.journal.close();
    rig.work();
    await closed;
    expect(await rig.journal.append([entry('a', 1)])).toEqual({
      ok: false,
      failure: { code: 'shell/read-only', message: 'The journal is closed.' },
    });
  });
});

describe('a journal whose thread dies', () => {
  it('says so, starts another after a second at most, and loses and doubles nothing', async () => {
    const disk = unsyncedJournalFiles();
    const said: unknown[] = [];
    const rig = openInProcess(disk, { onTrouble: (failure) => said.push(failure?.message) });
    await appendChain(rig, 2);
    const appends = [rig.journal.append([entry('a', 3)]), rig.journal.append([entry('a', 4)])];
    rig.turn();
    rig.killWriter('out of memory');
    appends.push(rig.journal.append([entry('a', 5)]));
    await rig.pass(999);
    expect(rig.starts()).toBe(1);
    await rig.pass(1);
    expect(await Promise.all(appends)).toEqual([OK, OK, OK]);
    expect(said).toEqual(["The journal's thread died: out of memory.", undefined]);
    expect([found(disk), setAside(disk)]).toEqual([{ a: '5' }, []]);
  });

  it('does not write again what the thread wrote without being able to say so', async () => {
    const { disk, failing, files } = failingDisk();
    const rig = openInProcess(files);
    await appendChain(rig, 1);
    const appends = [rig.journal.append([entry('a', 2), entry('b', 1)])];
    rig.turn();
    failing.set('sync', 'EIO');
    // As if it had died between the write and the sync: the cut does not happen either.
    failing.set('truncate', 'EIO');
    rig.work();
    rig.killWriter('it was killed');
    failing.clear();
    await rig.pass(1000);
    await appendChain(rig, 1, 3);
    expect(await Promise.all(appends)).toEqual([OK]);
    expect([found(disk.powerCut(() => 0)), setAside(disk)]).toEqual([{ a: '3', b: '1' }, []]);
  });
});

describe('the snapshots of a journal', () => {
  /** An engine that keeps the last `seq` of each execution, and says when it was asked. */
  function snapshotRig(lag = 0) {
    const disk = unsyncedJournalFiles();
    const seqs = new Map<string, number>();
    const asked: (readonly ExecutionSnapshot[])[] = [];
    let isAppending = false;
    const rig = openInProcess(disk, {
      segmentBytes: 500,
      snapshot: () => {
        const states = [...seqs].map(([execution, seq]) => ({
          execution,
          seq: seq - lag,
          state: `${execution} up to ${seq - lag}`,
        }));
        asked.push(states);
        if (isAppending) throw new Error('asked in the middle of an append');
        return states;
      },
    });
    const append = (execution: string): Promise<unknown> => {
      const seq = (seqs.get(execution) ?? 0) + 1;
      isAppending = true;
      const appended = rig.journal.append([entry(execution, seq)]);
      // As an engine that decides, appends, and only then has the new state.
      seqs.set(execution, seq);
      isAppending = false;
      return appended;
    };
    return { disk, rig, append, asked, seqs };
  }

  it('are asked for between turns, when a segment is full', async () => {
    const { disk, rig, append, asked } = snapshotRig();
    for (let count = 1; count <= 30; count += 1) {
      const appends = [append('a'), append('b')];
      await rig.settle();
      await Promise.all(appends);
    }
    expect(asked.length).toBeGreaterThan(3);
    expect([found(disk), setAside(disk)]).toEqual([{ a: '30', b: '30' }, []]);
    // Two generations at most.
    expect(disk.list(FOLDER).length).toBeLessThanOrEqual(4);
  });

  it('leave out executions that are to be forgotten', async () => {
    const { disk, rig, append, seqs } = snapshotRig();
    void append('old');
    await rig.settle();
    seqs.delete('old');
    for (let count = 1; count <= 10; count += 1) {
      void append('a');
      await rig.settle();
    }
    expect(found(disk)).toEqual({ a: '10' });
  });

  it('are not taken where a state lags behind its records', async () => {
    const { disk, rig, append, asked } = snapshotRig(1);
    for (let count = 1; count <= 10; count += 1) {
      void append('a');
      await rig.settle();
    }
    expect(asked.length).toBeGreaterThan(0);
    expect([found(disk), disk.list(FOLDER)]).toEqual([{ a: '10' }, ['00000001.jsonl']]);
  });

  it('do not follow each other at once when the states are larger than a segment', async () => {
    const { rig, append, asked } = snapshotRig();
    for (let each = 0; each < 100; each += 1) void append(`execution ${each}`);
    await rig.settle();
    const before = asked.length;
    for (let count = 1; count <= 10; count += 1) {
      void append('execution 0');
      await rig.settle();
    }
    expect([before, asked.length]).toEqual([1, 1]);
  });

  it('are asked for again later when the disk refused one, and no record waits for it', async () => {
    const { disk, failing, files } = failingDisk();
    const said: unknown[] = [];
    let asked = 0;
    let seq = 0;
    const rig = openInProcess(files, {
      segmentBytes: 500,
      onTrouble: (failure) => said.push(failure),
      snapshot: () => {
        asked += 1;
        return [{ execution: 'a', seq, state: `a up to ${seq}` }];
      },
    });
    const append = async (): Promise<void> => {
      seq += 1;
      const appended = rig.journal.append([entry('a', seq)]);
      await rig.settle();
      expect(await appended).toEqual(OK);
    };
    failing.set('rename', 'ENOSPC');
    while (asked === 0) await append();
    await append();
    expect([asked, said]).toEqual([1, []]);
    failing.clear();
    await rig.pass(10_000);
    await append();
    expect(asked).toBe(2);
    expect([found(disk), setAside(disk)]).toEqual([{ a: String(seq) }, []]);
    expect(disk.list(FOLDER).some((name) => name.endsWith('.tmp'))).toBe(false);
  });

  it('are asked for after damage, so that it is not read for ever', async () => {
    const disk = unsyncedJournalFiles();
    await appendChain(openInProcess(disk), 3);
    const file = `${FOLDER}/00000001.jsonl`;
    disk.put(file, Buffer.from(disk.read(file)).fill('x', 100, 101));
    let seq = 0;
    const rig = openInProcess(disk, {
      snapshot: () => [{ execution: 'b', seq, state: `b up to ${seq}` }],
    });
    expect(rig.journal.recovery.setAside).toHaveLength(2);
    seq = 1;
    void rig.journal.append([entry('b', 1)]);
    await rig.settle();
    expect([found(disk), setAside(disk)]).toEqual([{ b: '1' }, []]);
  });
});

describe('keeping the process alive', () => {
  it('is for as long as something waits to be written', async () => {
    const rig = openInProcess(unsyncedJournalFiles());
    void rig.journal.append([entry('a', 1)]);
    rig.turn();
    expect(rig.isKeptAlive()).toBe(true);
    await rig.settle();
    expect(rig.isKeptAlive()).toBe(false);
  });

  it('goes on while it closes, though the last record is confirmed meanwhile', async () => {
    const rig = openInProcess(unsyncedJournalFiles());
    void rig.journal.append([entry('a', 1)]);
    rig.turn();
    const closed = rig.journal.close();
    await rig.settle();
    await closed;
    expect(rig.isKeptAlive()).toBe(true);
  });
});
