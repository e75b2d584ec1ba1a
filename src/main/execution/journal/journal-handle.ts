import { fail, ok, type Failure, type Result } from '#shared';
import type {
  ExecutionJournal,
  ExecutionSnapshot,
  JournalEntry,
  JournalOptions,
} from './execution-journal.ts';
import { encodeEntry } from './journal-format.ts';
import type { WriterReport } from './journal-writer.ts';
import type { Recovered } from './recover.ts';
import type { StartWriter, WriterThread } from './writer-thread.ts';

/** Time as the journal needs it; milliseconds. */
export interface JournalClock {
  now(): number;
  after(ms: number, call: () => void): void;
  /** Calls when what this turn of the event loop does is done. */
  nextTurn(call: () => void): void;
}

const DEFAULT_SEGMENT_BYTES = 8 * 1024 * 1024;
/** A thread that died is replaced so often at most; a snapshot that failed is asked for again then. */
const RESTART_MS = 1000;
const SNAPSHOT_RETRY_MS = 10_000;

/** Entries of one call, until they are on the disk. */
interface Waiting {
  /** Number of its first record. */
  readonly n: number;
  readonly entries: readonly string[];
  readonly settle: (result: Result<void>) => void;
}

/**
 * The side of the journal that the app sees: it numbers records, hands them to the thread and hears
 * when they are on the disk. All entries of one turn of the event loop are handed over together.
 */
export function createJournalHandle(
  request: JournalOptions & {
    readonly recovered: Recovered;
    /** After the death of a thread: what it left. */
    readonly recoverAgain: () => Result<Recovered>;
    readonly startWriter: StartWriter;
    readonly release: () => void;
    readonly clock: JournalClock;
  },
): ExecutionJournal {
  const { clock, segmentBytes = DEFAULT_SEGMENT_BYTES } = request;
  const { recovery, tail } = request.recovered;
  /** Of the next record. */
  let next = tail.n;
  /** Not yet on the disk, oldest first. */
  const waiting: Waiting[] = [];
  /** The last of them, which are handed over at the end of this turn. */
  let fresh: string[] = [];
  let isTurnPlanned = false;
  /** The last `seq` of each execution. */
  const lastSeq = new Map<string, number>();
  let writer: WriterThread | undefined;
  let syncs = 0;
  let syncsOfEarlierThreads = 0;
  let isInTrouble = false;
  let closing: { readonly closed: () => void; readonly promise: Promise<void> } | undefined;
  let isClosed = false;
  const snapshots = createSnapshotSchedule();

  for (const { execution, snapshotSeq, records } of recovery.executions) {
    lastSeq.set(execution, snapshotSeq + records.length);
  }

  function start(recovered: Recovered): void {
    const startedAt = clock.now();
    syncsOfEarlierThreads = syncs;
    // What its predecessor was given may be on the disk or not: the numbers tell.
    fresh = waiting.flatMap(({ n, entries }) => entries.slice(Math.max(0, recovered.tail.n - n)));
    writer = request.startWriter({
      folder: request.folder,
      tail: recovered.tail,
      onReport,
      onEnd: (error) => onEnd(error, startedAt),
    });
    handOver();
  }

  function onEnd(error: Error | undefined, startedAt: number): void {
    writer = undefined;
    if (closing !== undefined) {
      finish();
      return;
    }
    snapshots.forget();
    const reason = error?.message ?? 'it was ended';
    say({ code: 'shell/read-only', message: `The journal's thread died: ${reason}.` });
    clock.after(Math.max(0, startedAt + RESTART_MS - clock.now()), restart);
  }

  function restart(): void {
    if (closing !== undefined) return;
    const recovered = request.recoverAgain();
    if (recovered.ok) start(recovered.value);
    else clock.after(RESTART_MS, restart);
  }

  function say(failure: Failure | undefined): void {
    if (isInTrouble === (failure !== undefined)) return;
    isInTrouble = failure !== undefined;
    request.onTrouble(failure);
  }

  function onReport(report: WriterReport): void {
    switch (report.type) {
      case 'written':
        syncs = syncsOfEarlierThreads + report.syncs;
        snapshots.written(report.sinceSnapshot);
        say(undefined);
        settleBefore(report.n);
        if (snapshots.isDue()) planTurn();
        return;
      case 'rotated':
        snapshots.rotated(report);
        return;
      case 'trouble':
        say(report.failure);
        return;
      case 'well':
        say(undefined);
        return;
      case 'closed':
        void writer?.end();
        return;
      default:
        report satisfies never;
    }
  }

  function settleBefore(n: number): void {
    const index = waiting.findIndex((each) => each.n + each.entries.length > n);
    const done = waiting.splice(0, index < 0 ? waiting.length : index);
    // Not while it is closing: with nothing else to live for, the process would end before it has.
    if (waiting.length === 0 && closing === undefined) writer?.keepAlive(false);
    for (const { settle } of done) settle(ok(undefined));
  }

  function planTurn(): void {
    if (isTurnPlanned) return;
    isTurnPlanned = true;
    clock.nextTurn(() => {
      isTurnPlanned = false;
      handOver();
      // Between turns: the state of every execution is that of its last record.
      if (snapshots.isDue()) handOverSnapshot();
    });
  }

  function handOver(): void {
    if (fresh.length === 0 || writer === undefined) return;
    const entries = fresh;
    fresh = [];
    writer.keepAlive(true);
    writer.post({ type: 'entries', n: next - entries.length, entries });
  }

  function handOverSnapshot(): void {
    if (writer === undefined || closing !== undefined) return;
    const states = request.snapshot();
    // One that lags behind would lose what came after it; it is asked for again.
    if (states.some(({ execution, seq }) => seq !== lastSeq.get(execution))) return;
    const kept = new Set(states.map(({ execution }) => execution));
    for (const execution of lastSeq.keys()) if (!kept.has(execution)) lastSeq.delete(execution);
    const executions = JSON.stringify(states satisfies readonly ExecutionSnapshot[]);
    snapshots.asked(executions.length);
    writer.post({ type: 'snapshot', executions });
  }

  function finish(): void {
    isClosed = true;
    const message = 'The journal was closed before the records were written.';
    for (const { settle } of waiting.splice(0)) settle(fail({ code: 'shell/read-only', message }));
    request.release();
    closing?.closed();
  }

  function createSnapshotSchedule() {
    let since = tail.sinceSnapshot;
    let limit = segmentBytes;
    let isAsked = false;
    let notBefore = -Infinity;
    return {
      isDue: (): boolean => !isAsked && since > limit && clock.now() >= notBefore,
      written: (bytes: number): void => void (since = bytes),
      asked: (length: number): void => {
        isAsked = true;
        // States larger than a segment: not one snapshot after the other.
        limit = Math.max(segmentBytes, length);
      },
      rotated: (report: { readonly succeeded: boolean; readonly sinceSnapshot: number }): void => {
        isAsked = false;
        since = report.sinceSnapshot;
        if (!report.succeeded) notBefore = clock.now() + SNAPSHOT_RETRY_MS;
      },
      forget: (): void => void (isAsked = false),
    };
  }

  start(request.recovered);
  return {
    recovery,
    append: (entries) => {
      if (closing !== undefined || isClosed) {
        return Promise.resolve(
          fail({ code: 'shell/read-only', message: 'The journal is closed.' }),
        );
      }
      if (entries.length === 0) return Promise.resolve(ok(undefined));
      const encoded = entries.map(encodeEntry);
      for (const entry of entries) countSeq(lastSeq, entry);
      const n = next;
      next += entries.length;
      return new Promise((settle) => {
        waiting.push({ n, entries: encoded, settle });
        fresh.push(...encoded);
        planTurn();
      });
    },
    get syncs() {
      return syncs;
    },
    close: () => {
      if (closing !== undefined) return closing.promise;
      let closed = (): void => undefined;
      const promise = new Promise<void>((resolve) => (closed = resolve));
      closing = { closed, promise };
      handOver();
      if (writer === undefined) finish();
      else {
        writer.keepAlive(true);
        writer.post({ type: 'close' });
      }
      return promise;
    },
  };
}

/** A gap would be taken for damage at the next start: better to find the bug now. */
function countSeq(lastSeq: Map<string, number>, { execution, seq }: JournalEntry): void {
  const last = lastSeq.get(execution) ?? 0;
  if (seq !== last + 1) throw new Error(`record ${seq} of ${execution} follows record ${last}`);
  lastSeq.set(execution, seq);
}
