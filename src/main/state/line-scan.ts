import { isUtf8 } from 'node:buffer';

/** What a file of lines holds. */
export type LineScan<T> =
  | {
      readonly kind: 'whole';
      readonly values: readonly T[];
      /** Bytes up to which the lines are good; after it, at most one torn line. */
      readonly goodLength: number;
    }
  /** A bad line with others after it: no power cut does that. `line` counts from 1. */
  | { readonly kind: 'damaged'; readonly line: number };

/** Reads one line; `undefined` for one that is not as it was written. Called in file order. */
export type LineDecoder<T> = (line: string) => T | undefined;

const NEWLINE = 0x0a;

/**
 * Reads lines up to the first bad one. Only what was never synced can be torn, and that is the last
 * line at most (a line is synced before the next is written), so a bad last line is dropped and a
 * bad line before it is damage. Pure.
 */
export function scanLines<T>(bytes: Uint8Array, decode: LineDecoder<T>): LineScan<T> {
  const values: T[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(NEWLINE, start);
    // Without its newline a line was not written to its end, whatever it looks like.
    const value = end < 0 ? undefined : decodeLine(bytes.subarray(start, end), decode);
    if (value === undefined) {
      const isLast = end < 0 || end === bytes.length - 1;
      if (!isLast) return { kind: 'damaged', line: values.length + 1 };
      break;
    }
    values.push(value);
    start = end + 1;
  }
  return { kind: 'whole', values, goodLength: start };
}

function decodeLine<T>(line: Uint8Array, decode: LineDecoder<T>): T | undefined {
  // Not UTF-8, so not a line that was written.
  return isUtf8(line) ? decode(Buffer.from(line).toString('utf8')) : undefined;
}
