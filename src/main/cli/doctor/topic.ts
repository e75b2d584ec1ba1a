/** What `doctor` says of one thing, in one line. */
export interface Topic {
  readonly topic: string;
  /** A problem keeps something from working; a warning is worth knowing. */
  readonly status: 'ok' | 'warn' | 'problem';
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Further sentences, a line each. */
  readonly details?: readonly string[];
}

const MIB = 1024 * 1024;

/** A size as people read it. */
export function mebibytes(bytes: number): string {
  const size = bytes / MIB;
  return `${size === 0 || size >= 10 ? size.toFixed(0) : size.toFixed(1)} MiB`;
}
