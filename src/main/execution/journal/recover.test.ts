import { describe, expect, it } from 'vitest';
import { segmentName, snapshotName } from './journal-format.ts';
import { hookedJournalFiles, systemError } from './testing/hooked-journal-files.test-support.ts';
import {
  unsyncedJournalFiles,
  type UnsyncedJournalFiles,
} from './testing/unsynced-journal-files.test-support.ts';
import {
  AHEAD_BYTES,
  entry,
  FOLDER,
  found,
  setAside,
  writeJournal,
  type Write,
} from './testing/written-journal.test-support.ts';

const FIRST = `${FOLDER}/${segmentName(1)}`;

/** Three executions over five writes, some of them of several records. */
const WRITES: readonly Write[] = [
  [entry('a', 1), entry('b', 1)],
  [entry('a', 2)],
  [entry('c', 1), entry('a', 3), entry('c', 2)],
  [entry('b', 2)],
  [entry('a', 4), entry('c', 3)],
];
const WHOLE = { a: '4', b: '2', c: '3' };

function disk(writes: readonly Write[] = WRITES): UnsyncedJournalFiles {
  const files = unsyncedJournalFiles();
  writeJournal(files, writes);
  return files;
}

/** The written part of the first segment, without the zeros after it. */
function bytesOf(files: UnsyncedJournalFiles, file = FIRST): Buffer {
  const bytes = Buffer.from(files.read(file));
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}

function withBytes(bytes: Uint8Array): UnsyncedJournalFiles {
  const files = unsyncedJournalFiles();
  files.put(FIRST, bytes);
  return files;
}

function linesOf(bytes: Buffer): readonly string[] {
  return bytes.toString().split('\n').slice(0, -1);
}

function ofLines(lines: readonly (string | undefined)[]): Buffer {
  return Buffer.from(lines.map((line) => `${line ?? ''}\n`).join(''));
}

describe('the files of a journal', () => {
  it('are JSON Lines: a header, then one object a record, each with its checksum', () => {
    const files = disk([[entry('a', 1)], [entry('a', 2), entry('b', 1)]]);
    expect(bytesOf(files).toString()).toBe(
      '{"c":"89d08829","format":1,"segment":1,"n":1,"created":"1970-01-01T00:00:00.000Z"}\n' +
        '{"c":"c8b70517","n":1,"b":0,"e":"a","s":1,"r":{"text":"größe a1\\n"}}\n' +
        '{"c":"5da07ef3","n":2,"b":0,"e":"a","s":2,"r":{"text":"größe a2\\n"}}\n' +
        '{"c":"5a052d2b","n":3,"b":1,"e":"b","s":1,"r":{"text":"größe b1\\n"}}\n',
    );
  });

  it('are filled with zeros ahead of the records', () => {
    const files = disk([[entry('a', 1)]]);
    const rest = Buffer.from(files.read(FIRST).subarray(bytesOf(files).length));
    expect(rest).toEqual(Buffer.alloc(AHEAD_BYTES));
  });
});

describe('recovery of a journal', () => {
  it('finds nothing where there is nothing', () => {
    const files = unsyncedJournalFiles();
    expect([found(files), setAside(files)]).toEqual([{}, []]);
  });

  it('gives each execution its records in order', () => {
    expect([found(disk()), setAside(disk())]).toEqual([WHOLE, []]);
  });

  it('gives a prefix of the records wherever the last segment ends, and calls nothing damaged', () => {
    const bytes = bytesOf(disk());
    const lines = linesOf(bytes);
    for (let length = 0; length <= bytes.length; length += 1) {
      const whole = bytes.subarray(0, length).toString().split('\n').length - 1;
      const kept = ofLines(lines.slice(0, whole));
      const files = withBytes(bytes.subarray(0, length));
      expect(setAside(files)).toEqual([]);
      expect(found(files)).toEqual(found(withBytes(kept)));
    }
  });

  it('goes on after a torn record as if it had never been', () => {
    const bytes = bytesOf(disk());
    const files = withBytes(bytes.subarray(0, -5));
    writeJournal(files, [[entry('c', 3)], [entry('d', 1)]]);
    expect([found(files), setAside(files)]).toEqual([{ ...WHOLE, d: '1' }, []]);
  });

  it('drops a write of which a later page reached the disk and an earlier one did not', () => {
    const bytes = bytesOf(disk([...WRITES, [entry('a', 5), entry('a', 6), entry('b', 3)]]));
    const start = bytes.indexOf('"s":5');
    const files = withBytes(bytes.fill(0, start, start + 20));
    expect([found(files), setAside(files)]).toEqual([WHOLE, []]);
    writeJournal(files, [[entry('b', 3)]]);
    expect([found(files), setAside(files)]).toEqual([{ ...WHOLE, b: '3' }, []]);
  });

  it('cuts off a torn write before anything is written in its place', () => {
    const bytes = bytesOf(disk());
    const start = bytes.indexOf('"s":4');
    const files = withBytes(bytes.fill(0, start, start + 20));
    writeJournal(files, []);
    expect(files.read(FIRST)).toHaveLength(bytes.lastIndexOf('\n', start) + 1);
  });

  it('brings nothing back of a torn write at the end of a damaged segment', () => {
    const lines = linesOf(bytesOf(disk()));
    // Record 2 of `a` is lost, and of the last write the first line of two.
    const files = withBytes(ofLines(lines.with(3, 'nonsense').with(8, 'nonsense')));
    const before = found(files);
    expect(before).toEqual({ a: '1 damaged', b: '2', c: '2' });
    writeJournal(files, [[entry('d', 1)]]);
    expect(found(files)).toEqual({ ...before, d: '1' });
  });

  it('knows a torn write also where a newer segment was begun and given up', () => {
    const bytes = bytesOf(disk([...WRITES, [entry('a', 5), entry('a', 6), entry('b', 3)]]));
    const start = bytes.indexOf('"s":5');
    const files = withBytes(bytes.fill(0, start, start + 20));
    const second = `${FOLDER}/${segmentName(2)}`;
    files.put(second, disk([...WRITES, 'snapshot']).read(second));
    expect([found(files), setAside(files)]).toEqual([WHOLE, []]);
    writeJournal(files, [[entry('b', 3)], 'snapshot', [entry('b', 4)]]);
    expect([found(files), setAside(files)]).toEqual([{ ...WHOLE, b: '4' }, []]);
  });

  it('never gives a wrong record, and loses none unnoticed, whatever byte is flipped', () => {
    const bytes = bytesOf(disk());
    const header = bytes.indexOf('\n');
    const lastWrite = bytes.lastIndexOf('"b":0');
    const isHarmless = (at: number): boolean =>
      at <= header || at > bytes.lastIndexOf('\n', lastWrite);
    for (let index = 0; index < bytes.length; index += 1) {
      for (const mask of [0x01, 0x20, 0xff]) {
        const flipped = Buffer.from(bytes);
        flipped[index] = (bytes[index] ?? 0) ^ mask;
        const files = withBytes(flipped);
        // `found` throws for a wrong record.
        const left = Object.entries(found(files));
        const short = left.filter(([name, how]) => how !== WHOLE[name as keyof typeof WHOLE]);
        if (!isHarmless(index)) expect(short.length + (3 - left.length)).toBeGreaterThan(0);
        for (const [, how] of short)
          expect(how.endsWith(' damaged') || isHarmless(index)).toBe(true);
        if (index <= header || !isHarmless(index))
          expect(setAside(files).join()).toContain(segmentName(1));
      }
    }
  });

  it('keeps whole what has a later record without a gap before it', () => {
    const lines = linesOf(bytesOf(disk()));
    // Record 2 of `a`; `b` and `c` have later ones.
    const damaged = ofLines(lines.with(3, 'nonsense'));
    expect(found(withBytes(damaged))).toEqual({ ...WHOLE, a: '1 damaged' });
  });

  it('doubts nothing else when the numbers tell whose records were lost', () => {
    const more: readonly Write[] = [[entry('old', 1)], ...WRITES];
    const lines = linesOf(bytesOf(disk(more)));
    const damaged = ofLines(lines.with(4, 'nonsense'));
    const left = found(withBytes(damaged));
    expect(left).toEqual({ ...WHOLE, old: '1', a: '1 damaged' });
  });

  it('calls those damaged that the lost record may belong to', () => {
    const more: readonly Write[] = [[entry('old', 1)], ...WRITES];
    const lines = linesOf(bytesOf(disk(more)));
    // The last record of `b`: `a` and `c` go on after it, `old` might have.
    const damaged = ofLines(lines.with(8, 'nonsense'));
    const left = found(withBytes(damaged));
    expect(left).toEqual({ ...WHOLE, old: '1 damaged', b: '1 damaged' });
  });

  it('drops an execution whose first record was lost, and says so', () => {
    const lines = linesOf(bytesOf(disk()));
    const files = withBytes(ofLines(lines.with(4, '')));
    expect(found(files)).toEqual({ a: '4', b: '2' });
    expect(setAside(files)).toEqual([
      '00000001.jsonl: it is damaged; records lost in or before it: 1',
      'c: the first record of this execution was lost',
    ]);
  });

  it.each([
    ['lost', [0, 1, 2, 4, 5, 6, 7, 8, 9], { ...WHOLE, a: '1 damaged' }],
    ['doubled', [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9], WHOLE],
    ['doubled before the last write', [0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9], WHOLE],
    ['doubled at the end', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9], WHOLE],
    ['moved', [0, 1, 2, 4, 3, 5, 6, 7, 8, 9], { ...WHOLE, a: '1 damaged' }],
  ])('finds a line that was %s', (_what, order, left) => {
    const lines = linesOf(bytesOf(disk()));
    const files = withBytes(ofLines(order.map((index) => lines[index])));
    expect(found(files)).toEqual(left);
    expect(setAside(files)).toHaveLength(1);
  });

  it('goes on in a new segment after damage, and finds it again until a snapshot has its place', () => {
    const lines = linesOf(bytesOf(disk()));
    const files = withBytes(ofLines(lines.with(3, 'nonsense')));
    writeJournal(files, [[entry('a', 2)], [entry('b', 3)]]);
    expect(files.list(FOLDER)).toContain(segmentName(2));
    expect(found(files)).toEqual({ ...WHOLE, a: '2', b: '3' });
    writeJournal(files, ['snapshot', 'snapshot']);
    expect(setAside(files)).toEqual([]);
  });

  it('loses nothing when only a header is damaged', () => {
    const bytes = bytesOf(disk());
    const files = withBytes(bytes.fill('x', 20, 30));
    expect(found(files)).toEqual(WHOLE);
    expect(setAside(files)).toHaveLength(1);
  });

  it('begins anew a segment that was not created to its end', () => {
    const header = bytesOf(disk([]));
    for (let length = 0; length < header.length; length += 1) {
      const files = withBytes(header.subarray(0, length));
      writeJournal(files, WRITES);
      expect([found(files), setAside(files)]).toEqual([WHOLE, []]);
    }
  });
});

describe('recovery from a snapshot', () => {
  const MORE: readonly Write[] = [...WRITES, 'snapshot', [entry('b', 3)], [entry('d', 1)]];
  const ALL = { ...WHOLE, b: '3', d: '1' };

  it('takes the newest one and the segments after it', () => {
    expect(found(disk(MORE))).toEqual(ALL);
    expect(found(disk([...MORE, 'snapshot', [entry('d', 2)]]))).toEqual({ ...ALL, d: '2' });
  });

  it('reads nothing that lies before it', () => {
    const files = disk(MORE);
    files.put(FIRST, Buffer.from('nonsense'));
    expect([found(files), setAside(files)]).toEqual([ALL, []]);
  });

  it('removes what is older than the snapshot before', () => {
    const files = disk([...MORE, 'snapshot', [entry('d', 2)], 'snapshot']);
    expect(files.list(FOLDER).toSorted()).toEqual(
      [segmentName(3), segmentName(4), snapshotName(3), snapshotName(4)].toSorted(),
    );
  });

  it('falls back to the one before when it is damaged', () => {
    const files = disk([...MORE, 'snapshot', [entry('d', 2)]]);
    const newest = `${FOLDER}/${snapshotName(3)}`;
    files.put(newest, Buffer.from(files.read(newest)).fill('x', 30, 31));
    expect(found(files)).toEqual({ ...ALL, d: '2' });
    expect(setAside(files)).toEqual(['snapshot-00000003.json: it is damaged']);
  });

  it('falls back to the beginning while that is still there', () => {
    const files = disk(MORE);
    files.put(`${FOLDER}/${snapshotName(2)}`, Buffer.from('nonsense'));
    expect(found(files)).toEqual(ALL);
  });

  it('finds what was lost at the end of a segment by the header of the next one', () => {
    const files = disk(MORE);
    files.remove(`${FOLDER}/${snapshotName(2)}`);
    files.put(FIRST, ofLines(linesOf(bytesOf(files)).slice(0, -2)));
    expect(found(files)).toEqual({ a: '3 damaged', b: '3', c: '2 damaged', d: '1' });
    expect(setAside(files)).toEqual([
      '00000002.jsonl: it is damaged; records lost in or before it: 2',
    ]);
  });

  it('forgets executions that are not in it', () => {
    const files = disk(WRITES);
    const text = '{"c":"00000000","format":1,"snapshot":2,"n":10,"executions":[]}';
    files.put(`${FOLDER}/${snapshotName(2)}`, Buffer.from(`${withSum(text)}\n`));
    files.put(`${FOLDER}/${segmentName(2)}`, Buffer.alloc(0));
    writeJournal(files, [[entry('d', 1)]]);
    expect(found(files)).toEqual({ d: '1' });
  });

  it('doubts every execution when a segment after it is missing', () => {
    const files = disk(MORE);
    files.remove(`${FOLDER}/${segmentName(2)}`);
    expect(found(files)).toEqual({ a: '4 damaged', b: '2 damaged', c: '3 damaged' });
    expect(setAside(files)).toEqual(['00000002.jsonl: it is missing']);
  });

  it('goes on when a segment cannot be read', () => {
    const files = disk(MORE);
    const dying = {
      ...hookedJournalFiles(files, () => undefined),
      read: (file: string) => {
        if (file.endsWith(segmentName(2))) throw systemError('EIO');
        return files.read(file);
      },
    };
    expect(found(dying)).toEqual({ a: '4 damaged', b: '2 damaged', c: '3 damaged' });
    expect(setAside(dying)).toEqual(['00000002.jsonl: it is unreadable (EIO)']);
    writeJournal(dying, [[entry('e', 1)]]);
    expect(found(files)).toEqual({ ...ALL, e: '1' });
  });
});

/** The line with its right checksum, made by another way than the product's. */
function withSum(line: string): string {
  let sum = ~0;
  for (const byte of Buffer.from(line.slice(16))) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  const hex = (~sum >>> 0).toString(16).padStart(8, '0');
  return `{"c":"${hex}${line.slice(14)}`;
}
