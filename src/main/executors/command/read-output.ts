import type { Readable } from 'node:stream';
import type { OutputStream } from './thin-output.ts';
import { cutLines } from './command-lines.ts';

const WINDOW_MS = 1000;
/** Beyond this in a second the pipe is left alone until the next one, so that a flood costs us little. */
const READ_A_WINDOW = 16 * 1024 * 1024;
/** How long output may trickle in after the end of the program: what it has started can hold the pipe, */
const LAST_OUTPUT_MS = 250;
/** and this long at the most where it goes on writing. */
const LAST_OUTPUT_MOST_MS = 2000;

/** What a program writes, as it is read. */
export interface OutputReader {
  /** The program is gone: resolves when all that it wrote has been read, and closes the pipes. */
  finish(): Promise<void>;
}

/** Reads both streams of a program, as UTF-8, to `onLine`: see `cutLines`. */
export function readOutput(
  streams: { readonly [stream in OutputStream]: Readable },
  onLine: (stream: OutputStream, line: string, isContinued: boolean) => void,
): OutputReader {
  const all = [streams.stdout, streams.stderr];
  let read = 0;
  let hasRead = false;
  let isFinishing = false;
  let window: NodeJS.Timeout | undefined;

  const endWindow = (): void => {
    clearTimeout(window);
    window = undefined;
    read = 0;
    for (const stream of all) stream.resume();
  };
  const cutters = (['stdout', 'stderr'] as const).map((name) => {
    const cutter = cutLines((line, isContinued) => onLine(name, line, isContinued));
    const stream = streams[name];
    // Characters that lie across two chunks are put together by this.
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      hasRead = true;
      read += text.length;
      cutter.push(text);
      if (isFinishing) return;
      window ??= setTimeout(endWindow, WINDOW_MS);
      if (read > READ_A_WINDOW) for (const one of all) one.pause();
    });
    // A pipe that breaks belongs to a program that ends, and its end is told elsewhere.
    stream.on('error', () => undefined);
    return cutter;
  });
  const closed = Promise.all(
    all.map((stream) => new Promise<void>((resolve) => stream.once('close', resolve))),
  );

  return {
    async finish() {
      isFinishing = true;
      endWindow();
      await closedOrQuiet();
      for (const stream of all) stream.destroy();
      for (const cutter of cutters) cutter.end();
    },
  };

  /** Both pipes are closed, or nothing came for a while although we did read meanwhile. */
  function closedOrQuiet(): Promise<unknown> {
    const last = performance.now() + LAST_OUTPUT_MOST_MS;
    let timer: NodeJS.Timeout | undefined;
    const quiet = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!hasRead || performance.now() >= last) resolve();
        else wait();
      };
      const wait = (): void => {
        hasRead = false;
        // Timers come before reading: after a busy time, what is in the pipe has not been read yet.
        timer = setTimeout(() => setImmediate(look), LAST_OUTPUT_MS);
      };
      wait();
    });
    return Promise.race([closed, quiet]).finally(() => clearTimeout(timer));
  }
}
