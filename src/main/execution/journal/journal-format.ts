import { crc32 } from 'node:zlib';
import type { Json } from '#shared';
import { parseJson } from '../../state/parse-json.ts';
import type { ExecutionSnapshot, JournalEntry } from './execution-journal.ts';

/**
 * What stands in the files of a journal. A segment, `00000001.jsonl`, is JSON Lines: a header, then a
 * line for each record. A snapshot, `snapshot-00000001.json`, is one such line: the state of all
 * executions before segment 1. Each line begins with `{"c":"<crc32>",`, the checksum of all bytes that
 * follow; at a fixed place, so that it can be checked without parsing, and by plain tools.
 */
export const FORMAT = 1;

/** The line of one record. Short names: there are many of them. */
export interface JournalLine {
  /** Counts all records of the device, from 1, across segments: a lost, doubled or moved line shows. */
  readonly n: number;
  /** Its place within its write, from 0: what came in an earlier write was synced before this one. */
  readonly b: number;
  /** Its execution. */
  readonly e: string;
  readonly s: number;
  readonly r: Json;
}

/** The first line of a segment. */
export interface SegmentHeader {
  readonly format: typeof FORMAT;
  readonly segment: number;
  /** Of its first record. */
  readonly n: number;
  /** RFC 3339. */
  readonly created: string;
}

/** The one line of a snapshot. */
export interface SnapshotFile {
  readonly format: typeof FORMAT;
  /** The segment that it stands before. */
  readonly snapshot: number;
  /** Of the first record that is not in it. */
  readonly n: number;
  readonly executions: readonly ExecutionSnapshot[];
}

const HEAD = Buffer.from('{"c":"');
const AFTER_SUM = Buffer.from('",');
const SUM_LENGTH = 8;
/** Where the bytes begin that the checksum covers. */
const CHECKED_FROM = HEAD.length + SUM_LENGTH + AFTER_SUM.length;

/** A line with its newline. `rest` is an object's JSON without the opening brace. */
function encodeLine(rest: string): string {
  const sum = crc32(rest).toString(16).padStart(SUM_LENGTH, '0');
  return `{"c":"${sum}",${rest}\n`;
}

/** The part of a record's line that does not depend on where it comes to stand. */
export function encodeEntry(entry: JournalEntry): string {
  const { execution, seq, record } = entry;
  return `"e":${JSON.stringify(execution)},"s":${seq},"r":${JSON.stringify(record)}}`;
}

/** The lines of one write. `n` is the number of its first record. */
export function encodeWrite(n: number, entries: readonly string[]): Uint8Array {
  const lines = entries.map((entry, b) => encodeLine(`"n":${n + b},"b":${b},${entry}`));
  return Buffer.from(lines.join(''));
}

/** The first line of a segment. */
export function encodeHeader(header: SegmentHeader): Uint8Array {
  return Buffer.from(encodeLine(JSON.stringify(header).slice(1)));
}

/** A whole snapshot. `executions` is the JSON of a list. */
export function encodeSnapshot(snapshot: number, n: number, executions: string): Uint8Array {
  const head = `"format":${FORMAT},"snapshot":${snapshot},"n":${n}`;
  return Buffer.from(encodeLine(`${head},"executions":${executions}}`));
}

/** What a line says, `end` being its newline; `undefined` where it is not as it was written. */
export function decodeLine(bytes: Buffer, start: number, end: number, isAscii: boolean): unknown {
  if (!isChecked(bytes, start, end)) return undefined;
  // Twice as fast, and the same for ASCII.
  return parseJson(bytes.toString(isAscii ? 'latin1' : 'utf8', start, end));
}

/** The snapshot that was written so; `undefined` for a damaged one. */
export function decodeSnapshot(file: Uint8Array): SnapshotFile | undefined {
  const bytes = asBuffer(file);
  const line = decodeLine(bytes, 0, bytes.length - 1, false);
  return isObject(line) && line.format === FORMAT && 'executions' in line
    ? (line as unknown as SnapshotFile)
    : undefined;
}

/** Is this the header of a segment that this program can read? */
export function isHeader(line: unknown): line is SegmentHeader {
  return isObject(line) && line.format === FORMAT && typeof line.n === 'number';
}

/** Is this the line of a record? Whatever has the right checksum was written so; headers have one too. */
export function isRecord(line: unknown): line is JournalLine {
  return isObject(line) && typeof line.e === 'string' && typeof line.n === 'number';
}

/** The same bytes as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** File name of a segment, or of the snapshot before it. */
export function segmentName(segment: number): string {
  return `${String(segment).padStart(8, '0')}.jsonl`;
}

export function snapshotName(segment: number): string {
  return `snapshot-${String(segment).padStart(8, '0')}.json`;
}

/** The numbers of all segments and snapshots among the names of a folder, ascending. */
export function findNumbers(names: readonly string[]): {
  readonly segments: readonly number[];
  readonly snapshots: readonly number[];
} {
  const numbers = (pattern: RegExp): readonly number[] =>
    names
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  return {
    segments: numbers(/^(\d{8,})\.jsonl$/),
    snapshots: numbers(/^snapshot-(\d{8,})\.json$/),
  };
}

function isChecked(bytes: Buffer, start: number, end: number): boolean {
  if (end - start <= CHECKED_FROM) return false;
  const sumAt = start + HEAD.length;
  if (!standsAt(bytes, start, HEAD) || !standsAt(bytes, sumAt + SUM_LENGTH, AFTER_SUM))
    return false;
  return hexAt(bytes, sumAt) === crc32(bytes.subarray(start + CHECKED_FROM, end));
}

function standsAt(bytes: Buffer, start: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    if (bytes[start + index] !== wanted[index]) return false;
  }
  return true;
}

/** Eight lower-case digits as a number; `NaN` for anything else. */
function hexAt(bytes: Buffer, start: number): number {
  let value = 0;
  for (let index = start; index < start + SUM_LENGTH; index += 1) {
    value = value * 16 + digit(bytes[index] ?? 0);
  }
  return value;
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : NaN;
}

function isObject(json: unknown): json is { readonly [key: string]: unknown } {
  return typeof json === 'object' && json !== null;
}
