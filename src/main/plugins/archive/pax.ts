import { ArchiveProblem, quoted } from './archive-problem.ts';
import { decodeName } from './tar-header.ts';

/** What a pax header may say about the entry that follows it. */
export interface PaxRecords {
  readonly path?: string;
  readonly size?: string;
}

/**
 * Reads the records of a pax extended header (POSIX.1-2001): `length key=value\n` each. Times, owners
 * and comments are nothing to us; what would turn the entry into something else is refused. `owner`
 * is the entry's name, for messages.
 */
export function readPax(bytes: Buffer, owner: string): PaxRecords {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const { key, value, next } = readRecord(bytes, at, owner);
    if (records.has(key)) throw bad(owner, `names ${quoted(key)} twice`);
    if (key === 'linkpath' && value.length > 0) throw bad(owner, 'makes it a link');
    if (key.startsWith('GNU.sparse.')) throw bad(owner, 'makes it a sparse file');
    records.set(key, key === 'path' || key === 'size' ? decodeName(value) : '');
    at = next;
  }
  const path = records.get('path');
  const size = records.get('size');
  return { ...(path === undefined ? {} : { path }), ...(size === undefined ? {} : { size }) };
}

function readRecord(
  bytes: Buffer,
  at: number,
  owner: string,
): { readonly key: string; readonly value: Buffer; readonly next: number } {
  const digits = /^([1-9]\d{0,6}) /.exec(bytes.toString('latin1', at, at + 8));
  const start = at + (digits?.[0].length ?? 0);
  const next = at + Number(digits?.[1]);
  const equals = bytes.indexOf('=', start);
  const isSound =
    next <= bytes.length && bytes[next - 1] === 10 && equals > start && equals < next - 1;
  if (!isSound) throw bad(owner, 'is damaged');
  const key = bytes.toString('latin1', start, equals);
  return { key, value: bytes.subarray(equals + 1, next - 1), next };
}

function bad(owner: string, what: string): ArchiveProblem {
  return new ArchiveProblem(`the pax header ${quoted(owner)} ${what}`);
}
