/**
 * The few file calls that durable code is made of. A port, because a test must be able to cut the
 * power between any two of them: a killed process keeps the page cache, a dead battery does not.
 * Every call rejects with the system's own error (`code` such as `ENOSPC`); `state/` turns those
 * into failures at its border.
 */
export interface FilesPort {
  /** The whole file. Rejects with `ENOENT` where there is none. */
  read(path: string): Promise<Uint8Array>;
  /** Opens for writing and creates what is missing: `append` keeps what is there. */
  open(path: string, options: OpenOptions): Promise<OpenFile>;
  /** Replaces `to` in one step. On the disk only after `syncFolder`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Names in a folder, in no order. */
  list(folder: string): Promise<readonly string[]>;
  /** Creates a folder and its parents for their owner alone, on the disk when it returns. */
  makeFolder(path: string): Promise<void>;
  /** Brings creations, renames and removals in this folder onto the disk. */
  syncFolder(folder: string): Promise<void>;
  /** Permission bits such as `0o600`; `undefined` where there is no such file. */
  permissions(path: string): Promise<number | undefined>;
}

export interface OpenOptions {
  readonly how: 'append' | 'replace';
  /** Permission bits, whatever the process's umask is. For `append`, only of a new file. */
  readonly permissions: number;
}

/** A file that is open for writing at its end. */
export interface OpenFile {
  /** Writes all of `bytes` at the end, or rejects having written a part. */
  write(bytes: Uint8Array): Promise<void>;
  /** Cuts the file to `length` bytes. */
  truncate(length: number): Promise<void>;
  /** What was written is on the disk when it returns. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Is this an error of the system with the given code (or with any)? Everything else is a bug. */
export function isSystemError(
  thrown: unknown,
  code?: string,
): thrown is Error & { readonly code: string } {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('syscall' in thrown)) return false;
  return typeof thrown.code === 'string' && (code === undefined || thrown.code === code);
}
