import { crc32 } from 'node:zlib';
import type { ExecutionSnapshot, JournalEntry } from './execution-journal.ts';

/**
 * What stands in the files of a journal. A segment, `00000001.jsonl`, is JSON Lines: a header, then a
 * line for each record. A snapshot, `snapshot-00000001.json`, is one such line: the state of all
 * executions before segment 1. Each line begins with `{"c":"<crc32>",`, the checksum of all bytes that
 * follow; at a fixed place, so that it can be checked without parsing, and by plain tools.
 */
export const FORMAT = 1;

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

export const SUM_LENGTH = 8;

/** A line with its newline. `rest` is an object's JSON without the opening brace. */
function encodeLine(rest: string): string {
  const sum = crc32(rest).toString(16).padStart(SUM_LENGTH, '0');
  return `{"c":"${sum}",${rest}\n`;
}

/**
 * The part of a record's line that does not depend on where it comes to stand. Short names: there are
 * many of them. `e` is the execution, `s` the `seq`, `r` the record.
 */
export function encodeEntry(entry: JournalEntry): string {
  const { execution, seq, record } = entry;
  return `"e":${JSON.stringify(execution)},"s":${seq},"r":${JSON.stringify(record)}}`;
}

/**
 * The lines of one write. `n` is the number of its first record; it counts all records of the device,
 * from 1, across segments, so that a lost, doubled or moved line shows. `b` is the place within the
 * write, from 0: what came in an earlier write was synced before this one.
 */
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
