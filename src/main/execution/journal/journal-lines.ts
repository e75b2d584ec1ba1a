import { crc32 } from 'node:zlib';
import type { Json } from '#shared';
import { parseJson } from '../../state/parse-json.ts';
import { FORMAT, SUM_LENGTH, type SegmentHeader, type SnapshotFile } from './journal-format.ts';

/** Reads the lines that `journal-format.ts` writes. All by position: recovery reads very many of them. */

/** A record, by the names that it has in its line. */
export interface RecordLine {
  readonly e: string;
  readonly s: number;
  readonly r: Json;
}

const HEAD = Buffer.from('{"c":"');
const AFTER_SUM = Buffer.from('",');
/** Where the bytes begin that the checksum covers. */
const CHECKED_FROM = HEAD.length + SUM_LENGTH + AFTER_SUM.length;
const N = Buffer.from('"n":');
const B = Buffer.from(',"b":');
const E = Buffer.from(',"e":"');
const S = Buffer.from('","s":');
const R = Buffer.from(',"r":');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Is the line between these places as it was written? `end` is that of its newline. */
export function isChecked(bytes: Buffer, start: number, end: number): boolean {
  if (end - start <= CHECKED_FROM || !standsAt(bytes, start, HEAD)) return false;
  const sumAt = start + HEAD.length;
  if (!standsAt(bytes, sumAt + SUM_LENGTH, AFTER_SUM)) return false;
  return hexAt(bytes, sumAt) === crc32(bytes.subarray(start + CHECKED_FROM, end));
}

/** What stands before the record in its line. */
export interface LinePosition {
  readonly n: number;
  readonly b: number;
  /** Where the name of its execution begins. */
  readonly nameAt: number;
}

/** The position of a line that `isChecked`; `undefined` for a header. */
export function positionAt(bytes: Buffer, start: number): LinePosition | undefined {
  const nAt = start + CHECKED_FROM + N.length;
  if (!standsAt(bytes, nAt - N.length, N)) return undefined;
  const nEnd = digitsEnd(bytes, nAt);
  const bAt = nEnd + B.length;
  const bEnd = digitsEnd(bytes, bAt);
  return {
    n: numberAt(bytes, nAt, nEnd),
    b: numberAt(bytes, bAt, bEnd),
    nameAt: bEnd + E.length,
  };
}

/**
 * The record of such a line; `undefined` if it cannot be read all the same. Its `r` alone is parsed as
 * JSON: without an object around it the time is a third less.
 */
export function recordAt(
  bytes: Buffer,
  nameAt: number,
  end: number,
  encoding: 'latin1' | 'utf8',
): RecordLine | undefined {
  const nameEnd = plainTextEnd(bytes, nameAt);
  // The name has an escape in it: rare, and so left to a whole parser.
  if (bytes[nameEnd] !== QUOTE) return wholeRecord(bytes, nameAt, end);
  const sAt = nameEnd + S.length;
  const sEnd = digitsEnd(bytes, sAt);
  const r = parseJson(bytes.toString(encoding, sEnd + R.length, end - 1));
  if (r === undefined) return undefined;
  const e = bytes.toString(encoding, nameAt, nameEnd);
  return { e, s: numberAt(bytes, sAt, sEnd), r: r as Json };
}

function wholeRecord(bytes: Buffer, nameAt: number, end: number): RecordLine | undefined {
  const line = parseJson(`{"e":"${bytes.toString('utf8', nameAt, end)}`);
  return isObject(line) ? (line as unknown as RecordLine) : undefined;
}

/** The first quote or backslash. */
function plainTextEnd(bytes: Buffer, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== QUOTE && bytes[end] !== BACKSLASH) end += 1;
  return end;
}

/** The header that such a line is; `undefined` for another line, or another format. */
export function headerAt(bytes: Buffer, start: number, end: number): SegmentHeader | undefined {
  const line = parseJson(bytes.subarray(start, end));
  return isObject(line) && line.format === FORMAT ? (line as unknown as SegmentHeader) : undefined;
}

/** What a snapshot file holds; `undefined` for a damaged one. */
export function decodeSnapshot(file: Uint8Array): SnapshotFile | undefined {
  const bytes = asBuffer(file);
  // Without its newline: it is there only when the rest is.
  if (!isChecked(bytes, 0, bytes.length - 1)) return undefined;
  const line = parseJson(bytes.subarray(0, bytes.length - 1));
  return isObject(line) && line.format === FORMAT ? (line as unknown as SnapshotFile) : undefined;
}

/** The same bytes as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function standsAt(bytes: Buffer, start: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    if (bytes[start + index] !== wanted[index]) return false;
  }
  return true;
}

function digitsEnd(bytes: Buffer, start: number): number {
  let end = start;
  while (isDigit(bytes[end] ?? 0)) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function numberAt(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) value = value * 10 + (bytes[index] ?? 0) - 0x30;
  return value;
}

/** Eight lower-case digits as a number; `NaN` for anything else. */
function hexAt(bytes: Buffer, start: number): number {
  let value = 0;
  for (let index = start; index < start + SUM_LENGTH; index += 1) {
    const code = bytes[index] ?? 0;
    if (isDigit(code)) value = value * 16 + code - 0x30;
    else value = code >= 0x61 && code <= 0x66 ? value * 16 + code - 0x57 : NaN;
  }
  return value;
}

function isObject(json: unknown): json is { readonly [key: string]: unknown } {
  return typeof json === 'object' && json !== null;
}
