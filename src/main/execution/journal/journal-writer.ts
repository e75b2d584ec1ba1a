import type { Failure } from '#shared';
import { writeFailure } from '../../state/write-failure.ts';
import type { JournalFiles } from './journal-files.ts';
import type { JournalTail } from './recover.ts';
import { createSegmentWriter } from './segment-writer.ts';

/** What the thread of the journal is asked for, in this order. */
export type WriterRequest =
  /** Records `n`, `n + 1`, …, as `encodeEntry` gives them. */
  | { readonly type: 'entries'; readonly n: number; readonly entries: readonly string[] }
  /** The JSON of a list of the states of all executions, as they are at this place. */
  | { readonly type: 'snapshot'; readonly executions: string }
  | { readonly type: 'close' };

/** What it says. */
export type WriterReport =
  /** Everything before record `n` is on the disk, in so many syncs. */
  | {
      readonly type: 'written';
      readonly n: number;
      readonly syncs: number;
      /** Of records that recovery would have to read after the newest snapshot. */
      readonly sinceSnapshot: number;
    }
  | { readonly type: 'rotated'; readonly succeeded: boolean; readonly sinceSnapshot: number }
  | { readonly type: 'trouble'; readonly failure: Failure }
  /** The trouble is over. */
  | { readonly type: 'well' }
  | { readonly type: 'closed' };

/** What a journal's thread does, apart from waiting. Times are milliseconds. */
export interface JournalWriter {
  submit(request: WriterRequest): void;
  /**
   * Does the next thing; all entries that are waiting share one write. Gives how long to wait before
   * the next step: `undefined` until something is submitted, `closed` when there is none.
   */
  step(now: number): number | 'closed' | undefined;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** Makes the writer; touches no file before the first step. */
export function createJournalWriter(request: {
  readonly files: JournalFiles;
  readonly folder: string;
  readonly tail: JournalTail;
  readonly report: (report: WriterReport) => void;
  /** Unix milliseconds, for the headers of segments. */
  readonly now: () => number;
}): JournalWriter {
  const { report } = request;
  const writer = createSegmentWriter(request);
  const queue: WriterRequest[] = [];
  /** What is being written: it stays whole until the disk has it. */
  let batch: { readonly n: number; readonly entries: readonly string[] } | undefined;
  let isOpen = false;
  let failures = 0;
  let retryAt = -Infinity;

  function open(): void {
    if (isOpen) return;
    writer.open();
    isOpen = true;
    // A thread before this one may have written without having been able to say so.
    reportWritten(request.tail.n);
  }

  function reportWritten(n: number): void {
    const { syncs, sinceSnapshot } = writer;
    report({ type: 'written', n, syncs, sinceSnapshot });
  }

  /** All entries that stand first in the queue. */
  function takeBatch(): typeof batch {
    const first = queue[0];
    if (first?.type !== 'entries') return undefined;
    const count = queue.findIndex(({ type }) => type !== 'entries');
    const taken = queue.splice(0, count < 0 ? queue.length : count);
    const entries = taken.flatMap((each) => (each.type === 'entries' ? each.entries : []));
    return { n: first.n, entries };
  }

  function writeBatch(): boolean {
    batch ??= takeBatch();
    if (batch === undefined) return false;
    const { n, entries } = batch;
    writer.write(n, entries);
    batch = undefined;
    reportWritten(n + entries.length);
    return true;
  }

  function rotate(executions: string): void {
    let succeeded = true;
    try {
      writer.rotate(executions);
    } catch (thrown) {
      // Only a disk that takes no records is trouble; the snapshot is asked for again.
      writeFailure(request.folder, thrown);
      succeeded = false;
    }
    report({ type: 'rotated', succeeded, sinceSnapshot: writer.sinceSnapshot });
  }

  function close(): 'closed' {
    writer.close();
    report({ type: 'closed' });
    return 'closed';
  }

  function attempt(now: number): Failure | undefined {
    try {
      open();
      while (writeBatch());
      return undefined;
    } catch (thrown) {
      const failure = writeFailure(request.folder, thrown);
      failures += 1;
      retryAt = now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
      return failure;
    }
  }

  return {
    submit: (each) => queue.push(each),
    step: (now) => {
      const isClosing = queue.some(({ type }) => type === 'close');
      // Nobody waits for a dead disk to be closed.
      if (failures > 0 && isClosing) return close();
      if (now < retryAt) return retryAt - now;
      const hadFailed = failures > 0;
      const failure = attempt(now);
      if (failure !== undefined) {
        if (isClosing) return close();
        if (!hadFailed) report({ type: 'trouble', failure });
        return retryAt - now;
      }
      failures = 0;
      if (hadFailed) report({ type: 'well' });
      const next = queue.shift();
      if (next?.type === 'snapshot') rotate(next.executions);
      if (next?.type === 'close') return close();
      return queue.length > 0 ? 0 : undefined;
    },
  };
}
