/**
 * The few file calls that the journal is made of, all of them blocking: it is written on a thread of
 * its own, where a wait harms nobody. A port, so that a test can cut the power between any two of
 * them, or have the disk full. Every call throws the system's own error (`code` such as `ENOSPC`).
 */
export interface JournalFiles {
  /** The whole file. Throws `ENOENT` where there is none. */
  read(path: string): Uint8Array;
  /** Names in a folder, in no order. */
  list(folder: string): readonly string[];
  /** Opens for writing anywhere; creates what is missing, for its owner alone, and keeps what is there. */
  open(path: string): JournalFile;
  /** Replaces `to` in one step. On the disk only after `syncFolder`. */
  rename(from: string, to: string): void;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): void;
  /** Brings creations, renames and removals in this folder onto the disk. */
  syncFolder(folder: string): void;
}

/** A file of the journal that is open for writing. */
export interface JournalFile {
  /** Writes all of `bytes` from `position` on, or throws having written a part. */
  write(bytes: Uint8Array, position: number): void;
  /** Cuts the file to `length` bytes. */
  truncate(length: number): void;
  /** Content and size are on the disk when it returns. */
  sync(): void;
  close(): void;
}
