import type { ArchiveEntry } from '../archive-rules.ts';
import { ArchiveProblem, quoted } from './archive-problem.ts';
import { readPax, type PaxRecords } from './pax.ts';
import { BLOCK_BYTES, decodeName, isZero, readHeader, type TarHeader } from './tar-header.ts';

/** More than the longest path and all that tools add to it. */
const METADATA_BYTES = 64 * 1024;

/** An entry as the headers before it make it. */
export interface TarEntry extends ArchiveEntry {
  readonly isExecutable: boolean;
}

/** What a tar holds, in order. */
export type TarPart =
  | { readonly type: 'entry'; readonly entry: TarEntry }
  /** Of the last entry; together as many as its size. They are views of what was read. */
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** The end mark: nothing but padding may follow. */
  | { readonly type: 'end' };

/** Takes a tar apart as it comes. Strict: what two tools might read in two ways is refused. */
export interface TarReader {
  /** Throws `ArchiveProblem` at the first thing that is wrong. */
  read(piece: Uint8Array): Generator<TarPart>;
  /** There is no more. Throws `ArchiveProblem` if that comes too early. */
  end(): void;
}

/** What the bytes that come next are. */
type Expected =
  | { readonly what: 'header' | 'second zero block' | 'padding to the end' }
  | { readonly what: 'file'; readonly path: string; readonly size: number }
  | { readonly what: 'metadata'; readonly header: TarHeader };

export function createTarReader(): TarReader {
  let expected: Expected = { what: 'header' };
  /** Of the body that is being read, and of the padding after it. */
  let rest = 0;
  let padding = 0;
  let offset = 0;
  /** What came of a block, or of metadata, so far. */
  let collected: Buffer = Buffer.alloc(0);
  let pax: PaxRecords | undefined;
  let longName: string | undefined;

  function* read(piece: Uint8Array): Generator<TarPart> {
    let left = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const take = (length: number): Buffer => {
      const taken = left.subarray(0, length);
      left = left.subarray(taken.length);
      offset += taken.length;
      return taken;
    };
    while (left.length > 0) {
      if (expected.what === 'padding to the end') {
        if (!isZero(take(left.length))) {
          throw new ArchiveProblem('something follows the end of its tar');
        }
      } else if (rest > 0 && expected.what === 'file') {
        const bytes = take(rest);
        rest -= bytes.length;
        yield { type: 'bytes', bytes };
      } else if (rest > 0) {
        const bytes = take(rest);
        rest -= bytes.length;
        collected = Buffer.concat([collected, bytes]);
        if (rest === 0) takeMetadata();
      } else if (padding > 0) {
        padding -= take(padding).length;
      } else {
        const block = take(BLOCK_BYTES - collected.length);
        collected = collected.length === 0 ? block : Buffer.concat([collected, block]);
        if (collected.length < BLOCK_BYTES) return;
        const whole = collected;
        collected = Buffer.alloc(0);
        yield* takeBlock(whole);
      }
    }
  }

  function* takeBlock(block: Buffer): Generator<TarPart> {
    if (isZero(block)) {
      if (pax !== undefined || longName !== undefined) throw new ArchiveProblem('it is cut short');
      if (expected.what === 'second zero block') {
        expected = { what: 'padding to the end' };
        yield { type: 'end' };
      } else {
        expected = { what: 'second zero block' };
      }
      return;
    }
    if (expected.what === 'second zero block') {
      throw new ArchiveProblem('something follows the end of its tar');
    }
    const header = readHeader(block, offset - BLOCK_BYTES);
    rest = header.size;
    padding = (BLOCK_BYTES - (rest % BLOCK_BYTES)) % BLOCK_BYTES;
    if (isMetadata(header.type)) {
      if (rest === 0 || rest > METADATA_BYTES) {
        throw new ArchiveProblem(`the ${header.type} ${quoted(header.path)} has ${rest} bytes`);
      }
      expected = { what: 'metadata', header };
      return;
    }
    const entry = entryOf(header);
    pax = longName = undefined;
    expected = { what: 'file', path: entry.path, size: entry.size };
    yield { type: 'entry', entry };
  }

  function takeMetadata(): void {
    if (expected.what !== 'metadata') return;
    const { type, path } = expected.header;
    const bytes = collected;
    collected = Buffer.alloc(0);
    if (type === 'GlobalExtendedHeader') {
      // `git archive` leaves its commit in one. A name or size for all entries makes no sense.
      const forAll = readPax(bytes, path);
      if (forAll.path === undefined && forAll.size === undefined) return;
      throw new ArchiveProblem(`the pax header ${quoted(path)} gives all entries one name or size`);
    }
    if (pax !== undefined || longName !== undefined) {
      throw new ArchiveProblem(`two headers before one entry, at ${quoted(path)}`);
    }
    if (type === 'LongName') longName = decodeName(withoutLastZero(bytes));
    else pax = readPax(bytes, path);
  }

  function entryOf(header: TarHeader): TarEntry {
    const path = pax?.path ?? longName ?? header.path;
    if (pax?.size !== undefined && pax.size !== String(header.size)) {
      throw new ArchiveProblem(`${quoted(path)} has two sizes, ${header.size} and ${pax.size}`);
    }
    if (header.type === 'Directory' && header.size > 0) {
      throw new ArchiveProblem(`the folder ${quoted(path)} has content of its own`);
    }
    return { path, type: header.type, size: header.size, isExecutable: header.isExecutable };
  }

  return {
    read,
    end() {
      if (expected.what === 'padding to the end') return;
      const isInFile = expected.what === 'file' && rest > 0;
      throw new ArchiveProblem(
        isInFile && expected.what === 'file'
          ? `it is cut short in ${quoted(expected.path)}`
          : 'it is cut short: its tar has no end mark',
      );
    },
  };
}

function isMetadata(type: string): boolean {
  return type === 'ExtendedHeader' || type === 'GlobalExtendedHeader' || type === 'LongName';
}

function withoutLastZero(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes;
}
