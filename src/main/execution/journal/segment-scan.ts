import { isAscii } from 'node:buffer';
import {
  asBuffer,
  decodeLine,
  isHeader,
  isRecord,
  type JournalLine,
  type SegmentHeader,
} from './journal-format.ts';

/** What stands in a segment. */
export interface SegmentScan {
  /** `undefined` where it is damaged, or was not written to its end. */
  readonly header: SegmentHeader | undefined;
  /** Where it ends; 0 without one. */
  readonly headerEnd: number;
  /** Whole lines, in the order of the file. */
  readonly lines: readonly JournalLine[];
  /** Where each of them ends, its newline included. */
  readonly ends: readonly number[];
  /** Bytes that are no line stand before the line of this index; `lines.length` for the end. */
  readonly badBefore: ReadonlySet<number>;
}

const NEWLINE = 0x0a;

/** Reads all whole lines; after a bad one it goes on at the next newline. Pure. */
export function scanSegment(file: Uint8Array): SegmentScan {
  const whole = asBuffer(file);
  const bytes = whole.subarray(0, lengthWithoutZeros(whole));
  const ascii = isAscii(bytes);
  const lines: JournalLine[] = [];
  const ends: number[] = [];
  const badBefore = new Set<number>();
  let header: SegmentHeader | undefined;
  let headerEnd = 0;

  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    // Without its newline a line was not written to its end, whatever it looks like.
    const line = newline < 0 ? undefined : decodeLine(bytes, start, newline, ascii);
    if (isRecord(line)) {
      lines.push(line);
      ends.push(newline + 1);
    } else if (start === 0 && isHeader(line)) {
      header = line;
      headerEnd = newline + 1;
    } else {
      badBefore.add(lines.length);
    }
    start = newline < 0 ? bytes.length : newline + 1;
  }
  return { header, headerEnd, lines, ends, badBefore };
}

/** A segment is filled with zeros ahead of what is written. */
function lengthWithoutZeros(bytes: Buffer): number {
  const zeros = Buffer.alloc(ZEROS_AT_ONCE);
  let length = bytes.length;
  while (length >= ZEROS_AT_ONCE && zeros.equals(bytes.subarray(length - ZEROS_AT_ONCE, length))) {
    length -= ZEROS_AT_ONCE;
  }
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}

const ZEROS_AT_ONCE = 4096;

/**
 * The index of the first line of the last segment that was never synced, or `lines.length`: what
 * stands from there on was being written when the power went. A gap, or bytes that are no line, is a
 * torn write only if all lines after it belong to the very write that should stand there; a line of a
 * later write proves that this one had been synced, and then it is damage.
 */
export function findTorn(scan: SegmentScan, firstNumber: number): number {
  const { lines, badBefore } = scan;
  let torn = lines.length;
  let lastWrite = -Infinity;
  for (let index = lines.length; index >= 0; index -= 1) {
    const line = lines[index];
    if (line !== undefined) lastWrite = Math.max(lastWrite, line.n - line.b);
    const before = lines[index - 1];
    const expected = before === undefined ? firstNumber : before.n + 1;
    const isWhole = !badBefore.has(index) && (line === undefined || line.n === expected);
    if (isWhole) continue;
    if (lastWrite > expected) break;
    torn = index;
  }
  return torn;
}
