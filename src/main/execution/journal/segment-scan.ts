import { isAscii } from 'node:buffer';
import type { SegmentHeader } from './journal-format.ts';
import {
  asBuffer,
  headerAt,
  isChecked,
  positionAt,
  recordAt,
  type RecordLine,
} from './journal-lines.ts';

/** The bytes of a segment that were written. */
export interface SegmentContent {
  readonly bytes: Buffer;
  /** Decoding ASCII takes half the time. */
  readonly encoding: 'latin1' | 'utf8';
  /** `undefined` where it is damaged, or was not written to its end. */
  readonly header: SegmentHeader | undefined;
  /** Where it ends; 0 without one. */
  readonly headerEnd: number;
}

const NEWLINE = 0x0a;

/** Finds the header and the end of what was written. Pure, as all of this. */
export function segmentContent(file: Uint8Array): SegmentContent {
  const whole = asBuffer(file);
  const bytes = whole.subarray(0, lengthWithoutZeros(whole));
  const newline = bytes.indexOf(NEWLINE);
  const isWhole = newline >= 0 && isChecked(bytes, 0, newline);
  const header = isWhole ? headerAt(bytes, 0, newline) : undefined;
  const headerEnd = header === undefined ? 0 : newline + 1;
  return { bytes, encoding: isAscii(bytes) ? 'latin1' : 'utf8', header, headerEnd };
}

/**
 * Hands on the records from `start` as long as each line is whole and has the next number: nearly
 * always all of them, so this is the quick way. Gives where it ended, and the number that it expected.
 */
export function takeWhole(
  { bytes, encoding }: SegmentContent,
  from: { readonly start: number; readonly n: number },
  take: (record: RecordLine) => void,
): { readonly start: number; readonly n: number } {
  let { start, n } = from;
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, start);
    if (newline < 0 || !isChecked(bytes, start, newline)) return { start, n };
    const position = positionAt(bytes, start);
    if (position?.n !== n) return { start, n };
    const record = recordAt(bytes, position.nameAt, newline, encoding);
    if (record === undefined) return { start, n };
    take(record);
    start = newline + 1;
    n += 1;
  }
}

/** The rest of a segment, which is not whole: its whole lines, in the order of the file. */
export interface SegmentScan {
  readonly lines: readonly ScannedLine[];
  /** Bytes that are no line stand before the line of this index; `lines.length` for the end. */
  readonly badBefore: ReadonlySet<number>;
}

interface ScannedLine {
  readonly n: number;
  /** The number of the first record of the write that it came in. */
  readonly write: number;
  /** Where it ends, its newline included. */
  readonly end: number;
  readonly record: RecordLine;
}

/** Checks all lines from `from` on; after a bad one it goes on at the next newline. */
export function scanSegment({ bytes, encoding }: SegmentContent, from: number): SegmentScan {
  const lines: ScannedLine[] = [];
  const badBefore = new Set<number>();
  for (let start = from; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    // Without its newline a line was not written to its end, whatever it looks like.
    const isWhole = newline >= 0 && isChecked(bytes, start, newline);
    const position = isWhole ? positionAt(bytes, start) : undefined;
    const record = position && recordAt(bytes, position.nameAt, newline, encoding);
    if (position === undefined || record === undefined) {
      badBefore.add(lines.length);
    } else {
      const { n, b } = position;
      lines.push({ n, write: n - b, end: newline + 1, record });
    }
    start = newline < 0 ? bytes.length : newline + 1;
  }
  return { lines, badBefore };
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
 * The index of the first line of a scan of the last segment that was never synced, or `lines.length`: what
 * stands from there on was being written when the power went. A gap, or bytes that are no line, is a
 * torn write only if all lines after it belong to the very write that should stand there; a line of a
 * later write proves that this one had been synced, and then it is damage.
 */
export function findTorn({ lines, badBefore }: SegmentScan, firstNumber: number): number {
  let torn = lines.length;
  let lastWrite = -Infinity;
  for (let index = lines.length; index >= 0; index -= 1) {
    const line = lines[index];
    lastWrite = Math.max(lastWrite, line?.write ?? -Infinity);
    const before = lines[index - 1];
    const expected = before === undefined ? firstNumber : before.n + 1;
    const isWhole = !badBefore.has(index) && (line === undefined || line.n === expected);
    if (isWhole) continue;
    // With nothing missing here, it is something foreign and no part of a write.
    const isForeign = line !== undefined && line.n <= expected;
    if (isForeign || lastWrite > expected) break;
    torn = index;
  }
  return torn;
}
