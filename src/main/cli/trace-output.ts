import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceRecord } from '#shared';

/** Where a run's trace goes, line by line. */
export interface TraceOutput {
  write(record: TraceRecord): void;
  close(): void;
  /** Why it could not be written any more, such as a full disk. */
  readonly problem: string | undefined;
}

/**
 * Opens a file for a trace, or standard output for `-`. Throws the system's error where the file
 * cannot be made; `onProblem` is called where it cannot be written later. Each line is written at
 * once: a run that is killed leaves what happened so far.
 */
export function openTraceOutput(target: string, onProblem: () => void): TraceOutput {
  if (target === '-') {
    return {
      problem: undefined,
      write: (record) => void process.stdout.write(lineOf(record)),
      close: () => undefined,
    };
  }
  const file = openSync(target, 'w');
  let problem: string | undefined;
  return {
    get problem() {
      return problem;
    },
    write: (record) => {
      if (problem !== undefined) return;
      try {
        writeSync(file, lineOf(record));
      } catch (thrown) {
        problem = thrown instanceof Error ? thrown.message : String(thrown);
        onProblem();
      }
    },
    close: () => closeSync(file),
  };
}

function lineOf(record: TraceRecord): string {
  return `${JSON.stringify(record)}\n`;
}
