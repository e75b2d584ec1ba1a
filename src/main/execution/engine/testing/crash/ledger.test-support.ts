import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * What happened, in order: what steps did (`begin`, `end`, `undo`, written by themselves), and what the
 * engine told (`ack`: a step has ended well; `progress`).
 */
export interface LedgerLine {
  readonly what: 'begin' | 'end' | 'undo' | 'ack' | 'progress';
  readonly execution: string;
  /** An item of a `forEach` has the name of its node; `-` for progress. */
  readonly step: string;
  /** The attempt; of `progress`, the percent. */
  readonly number: number;
}

export interface Ledger {
  add(line: LedgerLine): void;
  readonly lines: readonly LedgerLine[];
  /** Where commands write into it too. */
  readonly file?: string;
}

export function memoryLedger(earlier: readonly LedgerLine[] = []): Ledger {
  const lines = [...earlier];
  return { lines, add: (line) => void lines.push(line) };
}

/** In a file, each line synced before `add` returns. */
export function fileLedger(file: string): Ledger {
  return {
    file,
    add: (line) => {
      const fd = openSync(file, 'a');
      writeSync(fd, `${lineText(line)}\n`);
      fsyncSync(fd);
      closeSync(fd);
    },
    get lines() {
      if (!existsSync(file)) return [];
      return readFileSync(file, 'utf8').split('\n').slice(0, -1).map(readLine);
    },
  };
}

/** As commands write it too. */
export function lineText({ what, execution, step, number }: LedgerLine): string {
  return `${what} ${execution} ${step} ${number}`;
}

function readLine(text: string): LedgerLine {
  const [what = '', execution = '', step = '', number = ''] = text.split(' ');
  return { what: what as LedgerLine['what'], execution, step, number: Number(number) };
}
