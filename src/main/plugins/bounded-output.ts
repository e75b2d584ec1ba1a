import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { splitLines } from './line-splitter.ts';
import type { Timer } from '../clock.ts';

/** A longer line is cut. */
const MAX_LINE = 4096;
const WINDOW_MS = 1000;
/** Beyond these in a second, lines are counted instead of kept, ... */
const LINES_A_WINDOW = 200;
/** ... beyond this, the pipe is left alone until the next second, so that reading costs us nothing, */
const READ_A_WINDOW = 4 * 1024 * 1024;
/** and after this much from one process nothing more is kept: a log must not fill the disk. */
const TEXT_IN_ALL = 4 * 1024 * 1024;

/** Thins out what a plugin writes, from however many streams. */
export interface BoundedOutput {
  /** A line that came over the message pipe. */
  line(text: string, write: (text: string) => void): void;
  /** Reads a stream to its end. */
  read(stream: Readable, write: (text: string) => void): void;
  /** Says what was left out last. The process is gone. */
  close(): void;
}

/** What came in within one second. */
interface Window {
  lines: number;
  read: number;
  dropped: number;
  readonly cancel: () => void;
}

/** One budget for all that one plugin process writes. `note` says what was left out. */
export function boundOutput(timer: Timer, note: (text: string) => void): BoundedOutput {
  const paused = new Set<Readable>();
  let total = 0;
  let window: Window | undefined;

  const endWindow = (): void => {
    window?.cancel();
    const dropped = window?.dropped ?? 0;
    window = undefined;
    if (dropped > 0 && total <= TEXT_IN_ALL) note(`${dropped} more lines were left out`);
    for (const stream of paused) stream.resume();
    paused.clear();
  };
  /** The present second; a timer runs only while something is written. */
  const now = (): Window => {
    window ??= { lines: 0, read: 0, dropped: 0, cancel: timer.after(WINDOW_MS, endWindow) };
    return window;
  };

  const line = (text: string, write: (text: string) => void): void => {
    if (total > TEXT_IN_ALL) return;
    const current = now();
    current.lines += 1;
    if (current.lines > LINES_A_WINDOW) {
      current.dropped += 1;
      return;
    }
    const clean = withoutControls(text.slice(0, MAX_LINE));
    total += clean.length;
    if (total > TEXT_IN_ALL) note('it wrote over 4 MiB: everything from here on is left out');
    else write(clean);
  };

  return {
    line,
    read(stream, write) {
      const splitter = splitLines({
        maxLength: MAX_LINE,
        onLine: (text, cut) => line(cut ? `${text.slice(0, -1)}…` : text, write),
      });
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        const current = now();
        current.read += text.length;
        splitter.push(text);
        if (current.read > READ_A_WINDOW) {
          stream.pause();
          paused.add(stream);
        }
      });
      stream.on('end', () => splitter.end());
      // A pipe that breaks belongs to a process that ends, and its end is told elsewhere.
      stream.on('error', () => undefined);
    },
    close: endWindow,
  };
}

/** Escape sequences could recolour or rewrite an engineer's terminal. Tabs may stay. */
export function withoutControls(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, (control) =>
    control === '\t' ? control : '',
  );
}
