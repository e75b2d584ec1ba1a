import path from 'node:path';
import { isSystemError } from '../../state/files-port.ts';
import type { Recovery } from './execution-journal.ts';
import { findNumbers, segmentName, snapshotName, type SnapshotFile } from './journal-format.ts';
import type { JournalFiles } from './journal-files.ts';
import { decodeSnapshot } from './journal-lines.ts';
import { createReplay, type Replay } from './replay.ts';
import {
  findTorn,
  scanSegment,
  segmentContent,
  takeWhole,
  type SegmentContent,
} from './segment-scan.ts';

/** Where writing goes on. */
export interface JournalTail {
  readonly segment: number;
  /** Bytes of it that are whole; 0: it begins with its header. What follows them is cut off. */
  readonly length: number;
  /** A damaged segment before it: what was never synced at its end goes first. */
  readonly cut: { readonly segment: number; readonly length: number } | undefined;
  /** Number of the next record. */
  readonly n: number;
  /** The segment that the newest whole snapshot stands before. */
  readonly snapshot: number | undefined;
  /** Bytes of records that are read after it; `Infinity` where damage is among them. */
  readonly sinceSnapshot: number;
}

/** What the files of a journal hold. */
export interface Recovered {
  readonly recovery: Recovery;
  readonly tail: JournalTail;
}

type SetAside = Recovery['setAside'][number];

/** A segment by its number; without `content` it is missing or cannot be read. */
interface Segment {
  readonly segment: number;
  readonly content: SegmentContent | undefined;
}

/**
 * Reads the newest whole snapshot and the segments after it. Changes nothing; throws the system's own
 * error where the folder cannot be listed.
 */
export function recoverJournal(files: JournalFiles, folder: string): Recovered {
  const found = findNumbers(files.list(folder));
  const setAside: SetAside[] = [];
  function read(name: string): Uint8Array | undefined {
    try {
      return files.read(path.join(folder, name));
    } catch (thrown) {
      if (!isSystemError(thrown)) throw thrown;
      const reason =
        thrown.code === 'ENOENT' ? 'it is missing' : `it is unreadable (${thrown.code})`;
      setAside.push({ file: name, reason });
      return undefined;
    }
  }
  function readSegment(segment: number): Segment {
    const bytes = read(segmentName(segment));
    return { segment, content: bytes === undefined ? undefined : segmentContent(bytes) };
  }

  const base = newestSnapshot(found.snapshots, read, setAside);
  const first = base?.snapshot ?? found.segments[0] ?? 1;
  // A new journal has no segment yet; with a snapshot, the one after it must be there.
  const last = Math.max(found.segments.at(-1) ?? 0, base?.snapshot ?? 0);
  const count = Math.max(0, last - first + 1);
  const segments = Array.from({ length: count }, (_, index) => readSegment(first + index));

  const replay = createReplay(base?.executions ?? []);
  const reader = createReader(replay, setAside, { segment: first, n: base?.n ?? 1 });
  reader.takeAll(segments);
  const { executions, beheaded } = replay.finish();
  for (const execution of beheaded) {
    setAside.push({ file: execution, reason: 'the first record of this execution was lost' });
  }
  const sinceSnapshot = setAside.length > 0 ? Infinity : reader.tail().bytes;
  const { bytes: _, ...tail } = reader.tail();
  return {
    recovery: { executions, setAside },
    tail: { ...tail, snapshot: base?.snapshot, sinceSnapshot },
  };
}

function newestSnapshot(
  snapshots: readonly number[],
  read: (name: string) => Uint8Array | undefined,
  setAside: SetAside[],
): SnapshotFile | undefined {
  for (const snapshot of snapshots.toReversed()) {
    const name = snapshotName(snapshot);
    const bytes = read(name);
    const decoded = bytes === undefined ? undefined : decodeSnapshot(bytes);
    if (decoded?.snapshot === snapshot) return decoded;
    if (bytes !== undefined) setAside.push({ file: name, reason: 'it is damaged' });
  }
  return undefined;
}

/** Goes through segments in order, handing whole lines to the replay. */
function createReader(
  replay: Replay,
  setAside: SetAside[],
  begin: { readonly segment: number; readonly n: number },
) {
  /** Number of the next record. */
  let n = begin.n;
  let bytes = 0;
  let end: Pick<JournalTail, 'segment' | 'length' | 'cut'> = {
    segment: begin.segment,
    length: 0,
    cut: undefined,
  };

  function lose(count: number): number {
    if (count > 0) replay.lose(count);
    return Math.max(0, count);
  }

  /** What stands after the first place that is not whole. Gives where the good part of it ends. */
  function takeRest(content: SegmentContent, start: number, isLast: boolean) {
    const scan = scanSegment(content, start);
    const torn = isLast ? findTorn(scan, n) : scan.lines.length;
    let lost = 0;
    let isDamaged = false;
    for (const [index, line] of scan.lines.slice(0, torn).entries()) {
      if (scan.badBefore.has(index) || line.n !== n) isDamaged = true;
      // A line for the second time, or out of its place.
      if (line.n < n) continue;
      lost += lose(line.n - n);
      n = line.n + 1;
      replay.take(line.record);
    }
    // What is bad at the end of a segment is a torn write, or the header of the next one tells.
    return { lost, isDamaged, end: scan.lines[torn - 1]?.end ?? start };
  }

  function take(segment: number, content: SegmentContent, isLast: boolean): void {
    const { header, headerEnd } = content;
    const firstNumber = header?.n ?? n;
    const lostBefore = lose(firstNumber - n);
    // After a segment that could not be read, numbers may begin lower than they ended.
    n = firstNumber;
    const whole = takeWhole(content, { start: headerEnd, n }, (record) => replay.take(record));
    n = whole.n;
    const rest = takeRest(content, whole.start, isLast);
    bytes += rest.end;
    end = { segment, length: rest.end, cut: undefined };
    // Without a line, its creation was cut short.
    const hasLostHeader = header === undefined && !(isLast && rest.end === 0);
    if (lostBefore > 0 || rest.isDamaged || hasLostHeader) {
      const reason = `it is damaged; records lost in or before it: ${lostBefore + rest.lost}`;
      setAside.push({ file: segmentName(segment), reason });
      // Nothing is written behind damage: a reader would have to tell it from a torn write for ever.
      end = { segment: segment + 1, length: 0, cut: { segment, length: rest.end } };
    }
  }

  return {
    takeAll: (all: readonly Segment[]) => {
      const isBegun = isOnlyBegun(all.at(-1)?.content, all.at(-2)?.content);
      const segments = isBegun ? all.slice(0, -1) : all;
      for (const [index, { segment, content }] of segments.entries()) {
        const isLast = index === segments.length - 1;
        if (content !== undefined) take(segment, content, isLast);
        // How much was in it, the header of the next one tells.
        else if (isLast) lose(Infinity);
        if (content === undefined) end = { segment: segment + 1, length: 0, cut: undefined };
      }
    },
    tail: () => ({ ...end, n, bytes }),
  };
}

/** The creation of the last segment may have failed, and the one before it was written on. */
function isOnlyBegun(
  last: SegmentContent | undefined,
  before: SegmentContent | undefined,
): boolean {
  if (last === undefined || before === undefined) return false;
  if (last.header !== undefined && last.bytes.length > last.headerEnd) return false;
  if (scanSegment(last, last.headerEnd).lines.length > 0) return false;
  const lastLine = scanSegment(before, before.headerEnd).lines.at(-1);
  return lastLine !== undefined && (last.header === undefined || last.header.n <= lastLine.n);
}
