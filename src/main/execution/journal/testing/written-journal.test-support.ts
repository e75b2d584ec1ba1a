import type { Json } from '#shared';
import { isSystemError } from '../../../state/files-port.ts';
import type { ExecutionSnapshot, JournalEntry } from '../execution-journal.ts';
import { encodeEntry } from '../journal-format.ts';
import type { JournalFiles } from '../journal-files.ts';
import { recoverJournal, type JournalTail } from '../recover.ts';
import { createSegmentWriter } from '../segment-writer.ts';

export const FOLDER = '/home/journal';
/** Few, so that writes often need more of them. */
export const AHEAD_BYTES = 512;

/** A write of records together, or a snapshot of what was written so far. */
export type Write = readonly JournalEntry[] | 'snapshot';

/** Record `seq` of an execution: what stands in it says which one it is. */
export function entry(execution: string, seq: number): JournalEntry {
  return { execution, seq, record: recordOf(execution, seq) };
}

function recordOf(execution: string, seq: number): Json {
  return { text: `größe ${execution}${seq}\n` };
}

/**
 * Opens a journal, writes, and calls `written` after each write. What the disk refuses it tries again, as
 * the journal's thread does. Does not close it, as at a crash.
 */
export function writeJournal(
  files: JournalFiles,
  writes: readonly Write[],
  written: (write: Write) => void = () => undefined,
): JournalTail {
  const { tail, recovery } = recoverJournal(files, FOLDER);
  const writer = createSegmentWriter({
    files,
    folder: FOLDER,
    tail,
    now: () => 0,
    aheadBytes: AHEAD_BYTES,
  });
  const last = new Map<string, number>(
    recovery.executions.map((e) => [e.execution, e.snapshotSeq + e.records.length]),
  );
  let { n } = tail;
  insist(() => writer.open());
  for (const write of writes) {
    if (write === 'snapshot') {
      const states = [...last].map(([execution, seq]) => snapshotOf(execution, seq));
      attempt(() => writer.rotate(JSON.stringify(states)));
    } else {
      insist(() => writer.write(n, write.map(encodeEntry)));
      n += write.length;
      for (const { execution, seq } of write) last.set(execution, seq);
    }
    written(write);
  }
  return { ...tail, n };
}

function insist(call: () => void): void {
  while (!attempt(call));
}

function attempt(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return false;
  }
}

function snapshotOf(execution: string, seq: number): ExecutionSnapshot {
  return { execution, seq, state: `${execution} up to ${seq}` };
}

/** What a journal holds, short: how far each execution goes, and whether something may be missing. */
export function found(files: JournalFiles): { readonly [execution: string]: string } {
  const { recovery } = recoverJournal(files, FOLDER);
  return Object.fromEntries(
    recovery.executions.map(({ execution, snapshot, snapshotSeq, records, damaged }) => {
      const state = snapshotSeq === 0 ? undefined : snapshotOf(execution, snapshotSeq).state;
      if (snapshot !== state) throw new Error(`wrong snapshot of ${execution}`);
      for (const [index, record] of records.entries()) {
        const wanted = recordOf(execution, snapshotSeq + index + 1);
        if (JSON.stringify(record) !== JSON.stringify(wanted)) throw new Error('wrong record');
      }
      return [execution, `${snapshotSeq + records.length}${damaged ? ' damaged' : ''}`];
    }),
  );
}

/** What was set aside, and why. */
export function setAside(files: JournalFiles): readonly string[] {
  const { recovery } = recoverJournal(files, FOLDER);
  return recovery.setAside.map(({ file, reason }) => `${file}: ${reason}`);
}
