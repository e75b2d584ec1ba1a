import path from 'node:path';
import { isSystemError } from '../../state/files-port.ts';
import {
  encodeHeader,
  encodeSnapshot,
  encodeWrite,
  findNumbers,
  FORMAT,
  segmentName,
  snapshotName,
} from './journal-format.ts';
import type { JournalFile, JournalFiles } from './journal-files.ts';
import type { JournalTail } from './recover.ts';

/**
 * Writes the segments of a journal. Blocking; every call throws the system's own error and may then be
 * made again: whatever it had written before is cut off or written over.
 */
export interface SegmentWriter {
  /** Cuts off what was never synced, and makes what is missing. To be called first, until it succeeds. */
  open(): void;
  /** Records `n`, `n + 1`, …, as `encodeEntry` gives them: on the disk when it returns. */
  write(n: number, entries: readonly string[]): void;
  /**
   * Begins a new segment, then puts the snapshot of everything before it in place, then removes what
   * is older than the snapshot before. `executions` is the JSON of a list. Where only the first half
   * succeeds, nothing is lost: recovery reads on from the older snapshot.
   */
  rotate(executions: string): void;
  close(): void;
  /** Bytes that recovery would read after the newest snapshot. */
  readonly sinceSnapshot: number;
  /** Syncs of records so far. */
  readonly syncs: number;
}

/**
 * Zeros are written so far ahead: an fdatasync that leaves the size of the file as it is takes two
 * thirds of the time. Small enough that the write that brings them is hardly slower than the others.
 */
const AHEAD_BYTES = 256 * 1024;

/** Makes the writer; touches no file yet. `now` gives Unix milliseconds. */
export function createSegmentWriter(request: {
  readonly files: JournalFiles;
  readonly folder: string;
  readonly tail: JournalTail;
  readonly now: () => number;
  /** For tests. */
  readonly aheadBytes?: number;
}): SegmentWriter {
  const { files, folder, tail, aheadBytes = AHEAD_BYTES } = request;
  let { segment, length, n: next, snapshot, sinceSnapshot } = tail;
  let file: JournalFile | undefined;
  /** Up to here the file has zeros, so its size stays. */
  let filled = 0;
  /** Bytes of a failed write may stand after `length`. */
  let isClean = true;
  let syncs = 0;

  function inFolder(name: string): string {
    return path.join(folder, name);
  }

  /** Opens a segment and brings it to `length`, or makes it with its header. Gives its length. */
  function openSegment(number: number, wanted: number): { file: JournalFile; length: number } {
    const opened = files.open(inFolder(segmentName(number)));
    try {
      opened.truncate(wanted);
      const header = { format: FORMAT, segment: number, n: next, created: created() } as const;
      const bytes = wanted === 0 ? encodeHeader(header) : new Uint8Array();
      opened.write(bytes, wanted);
      opened.sync();
      // The file itself may be new: without its entry, synced lines are lost with it.
      files.syncFolder(folder);
      return { file: opened, length: wanted + bytes.length };
    } catch (thrown) {
      opened.close();
      throw thrown;
    }
  }

  function created(): string {
    return new Date(request.now()).toISOString();
  }

  function use(opened: { readonly file: JournalFile; readonly length: number }): void {
    closeFile();
    file = opened.file;
    length = opened.length;
    filled = length;
    isClean = true;
  }

  function writeSynced(to: JournalFile, bytes: Uint8Array): void {
    const end = length + bytes.length;
    if (!isClean) to.truncate(length);
    // After a failure without zeros: for the records alone there may be room.
    const isFilling = isClean && end > filled;
    filled = isFilling ? end + aheadBytes : isClean ? filled : end;
    isClean = false;
    to.write(isFilling ? withZeros(bytes, aheadBytes) : bytes, length);
    to.sync();
    isClean = true;
  }

  function writeOrCutOff(to: JournalFile, bytes: Uint8Array): void {
    try {
      writeSynced(to, bytes);
    } catch (thrown) {
      // At once, so that a reader of the file meets no torn line; again before the next write.
      cutOff(to, length);
      throw thrown;
    }
  }

  function closeFile(): void {
    // Without the zeros it is a text file for every tool.
    if (file !== undefined) cutOff(file, length);
    file?.close();
    file = undefined;
  }

  function writeAtomically(target: string, bytes: Uint8Array): void {
    const temporary = `${target}.tmp`;
    try {
      writeWhole(files, temporary, bytes);
      files.rename(temporary, target);
      files.syncFolder(folder);
    } catch (thrown) {
      // On a full disk it would hold space that is wanted.
      bestEffort(() => files.remove(temporary));
      throw thrown;
    }
  }

  function removeOlderThan(kept: number): void {
    const found = findNumbers(files.list(folder));
    for (const old of found.segments) if (old < kept) files.remove(inFolder(segmentName(old)));
    for (const old of found.snapshots) if (old < kept) files.remove(inFolder(snapshotName(old)));
  }

  return {
    open: () => {
      if (file !== undefined) return;
      if (tail.cut !== undefined) openSegment(tail.cut.segment, tail.cut.length).file.close();
      use(openSegment(segment, length));
    },
    write: (n, entries) => {
      if (file === undefined) throw new Error('the segment is not open');
      const bytes = encodeWrite(n, entries);
      try {
        writeOrCutOff(file, bytes);
      } catch (thrown) {
        // Perhaps it was the zeros that there was no room for.
        if (!isSystemError(thrown, 'ENOSPC')) throw thrown;
        writeOrCutOff(file, bytes);
      }
      length += bytes.length;
      sinceSnapshot += bytes.length;
      next = n + entries.length;
      syncs += 1;
    },
    rotate: (executions) => {
      use(openSegment(segment + 1, 0));
      segment += 1;
      writeAtomically(inFolder(snapshotName(segment)), encodeSnapshot(segment, next, executions));
      const previous = snapshot;
      snapshot = segment;
      sinceSnapshot = 0;
      if (previous !== undefined) removeOlderThan(previous);
    },
    close: closeFile,
    get sinceSnapshot() {
      return sinceSnapshot;
    },
    get syncs() {
      return syncs;
    },
  };
}

function withZeros(bytes: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(bytes.length + count);
  all.set(bytes);
  return all;
}

function writeWhole(files: JournalFiles, target: string, bytes: Uint8Array): void {
  const file = files.open(target);
  try {
    file.truncate(0);
    file.write(bytes, 0);
    file.sync();
  } finally {
    file.close();
  }
}

/** Where it fails, whoever reads the file finds out by the checksums. */
function cutOff(file: JournalFile, length: number): void {
  bestEffort(() => file.truncate(length));
}

function bestEffort(call: () => void): void {
  try {
    call();
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
  }
}
