import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceRecord } from '#shared';

/** Where a run's trace goes, line by line. */
export interface TraceOutput {
  write(record: TraceRecord): void;
  close(): void;
}

/**
 * Opens a file for a trace, or standard output for `-`. Throws the system's error where the file
 * cannot be made. Each line is written at once: a run that is killed leaves what happened so far.
 */
export function openTraceOutput(target: string): TraceOutput {
  if (target === '-') {
    return {
      write: (record) => void process.stdout.write(`${JSON.stringify(record)}\n`),
      close: () => undefined,
    };
  }
  const file = openSync(target, 'w');
  return {
    write: (record) => void writeSync(file, `${JSON.stringify(record)}\n`),
    close: () => closeSync(file),
  };
}
