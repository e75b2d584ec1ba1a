import type { Failure, Json, Result } from '#shared';

/** One record of one execution. `seq` counts from 1 within the execution, without gaps. */
export interface JournalEntry {
  readonly execution: string;
  readonly seq: number;
  readonly record: Json;
}

/** What was found of one execution. */
export interface RecoveredExecution {
  readonly execution: string;
  /** From the snapshot, if it is in there, and the `seq` up to which it holds. */
  readonly snapshot: Json | undefined;
  readonly snapshotSeq: number;
  /** What came after it, in order, without gaps. */
  readonly records: readonly Json[];
  /** Something of it may be missing after these records: a segment was damaged. */
  readonly damaged: boolean;
}

export interface Recovery {
  readonly executions: readonly RecoveredExecution[];
  /** Files that were set aside, with what was wrong with them, for the log. */
  readonly setAside: readonly { readonly file: string; readonly reason: string }[];
}

/** What all executions of a device are at one moment, to begin a new segment with. */
export interface ExecutionSnapshot {
  readonly execution: string;
  /** Of the last record that is in it. */
  readonly seq: number;
  readonly state: Json;
}

/** The one journal of a device: append-only segments, written from a thread of its own. */
export interface ExecutionJournal {
  readonly recovery: Recovery;
  /**
   * Resolves when the entries are on the disk; those of one call share a write, and so do calls that
   * are made while a sync is under way. On a full or dead disk it stays pending while the journal
   * tries again, and `onTrouble` says why; it is `shell/read-only` only when the journal is closed
   * before it was written.
   */
  append(entries: readonly JournalEntry[]): Promise<Result<void>>;
  /** Syncs so far: what tests assert. */
  readonly syncs: number;
  /** Writes what is waiting (unless the disk is in trouble), then ends the thread and lets go of the lock. */
  close(): Promise<void>;
}

export interface JournalOptions {
  /** Made when needed. */
  readonly folder: string;
  /**
   * The state of everything that is to be kept, asked for between turns of the event loop when a segment
   * is full, and with the first write after damage was found. What is left out is forgotten. The states
   * are taken only if the `seq` of each is that of its last appended record; else it is asked again.
   */
  readonly snapshot: () => readonly ExecutionSnapshot[];
  /** The disk refuses: why; `undefined` when it takes records again. */
  readonly onTrouble: (failure: Failure | undefined) => void;
  /** A new segment is begun, with a snapshot, when one is over this. Default 8 MiB. */
  readonly segmentBytes?: number;
}
