import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { LogLevel } from '#shared';

/** One line of the log. `source` is a plugin's name, or `engine`. */
export interface LogLine {
  readonly time: string;
  readonly level: LogLevel;
  readonly source: string;
  readonly text: string;
}

/** Two files of this size at most: a plugin that talks without end must not fill the disk. */
const MAX_BYTES = 1024 * 1024;

/**
 * Opens the log of a home: JSON Lines, at most twice 1 MiB, the older half in `<file>.1`. Best
 * effort: setup goes on where it cannot be written, and what matters stands in the trace as well.
 */
export function openLogFile(path: string): (line: LogLine) => void {
  let size = sizeOf(path);
  return (line) => {
    const text = `${JSON.stringify(line)}\n`;
    try {
      if (size > MAX_BYTES) {
        renameSync(path, `${path}.1`);
        size = 0;
      }
      appendFileSync(path, text, { mode: 0o600 });
      size += Buffer.byteLength(text);
    } catch {
      // The disk is full or read-only; the session has said so already.
    }
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
