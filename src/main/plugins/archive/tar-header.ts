import { ArchiveProblem, quoted } from './archive-problem.ts';

export const BLOCK_BYTES = 512;

/** One header block, as it stands. */
export interface TarHeader {
  readonly path: string;
  /** In words, such as `File` or `SymbolicLink`. */
  readonly type: string;
  readonly size: number;
  readonly isExecutable: boolean;
}

/** Type flags of POSIX.1-1988, pax and GNU tar. */
const TYPES = new Map([
  ['\0', 'File'],
  ['0', 'File'],
  ['1', 'Link'],
  ['2', 'SymbolicLink'],
  ['3', 'CharacterDevice'],
  ['4', 'BlockDevice'],
  ['5', 'Directory'],
  ['6', 'FIFO'],
  ['7', 'ContiguousFile'],
  ['x', 'ExtendedHeader'],
  ['g', 'GlobalExtendedHeader'],
  ['L', 'LongName'],
  ['K', 'LongLinkName'],
  ['S', 'SparseFile'],
  ['M', 'PartOfFile'],
  ['V', 'VolumeLabel'],
  ['D', 'FolderListing'],
]);

const CHECKSUM_AT = 148;
const CHECKSUM_END = 156;
const ZEROS = Buffer.alloc(16 * 1024);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Are there nothing but zeros, as in the two blocks that end an archive and the padding after them? */
export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (!part.equals(ZEROS.subarray(0, part.length))) return false;
  }
  return true;
}

/** Reads a header of 512 bytes; `offset` is its place in the tar, for messages. */
export function readHeader(block: Buffer, offset: number): TarHeader {
  const place = `the tar header at byte ${offset}`;
  const magic = block.toString('latin1', 257, 265);
  const isPosix = magic === 'ustar\u000000';
  // GNU tar's own. What stood before both has no magic, and is not made any more.
  if (!isPosix && magic !== 'ustar  \0') throw new ArchiveProblem(`${place} is none`);
  if (octal(block, CHECKSUM_AT, CHECKSUM_END) !== checksumOf(block)) {
    throw new ArchiveProblem(`${place} is damaged: its checksum does not hold`);
  }
  // GNU keeps times where POSIX has the front part of a long path.
  const front = isPosix ? textAt(block, 345, 500) : '';
  const name = textAt(block, 0, 100);
  const path = front === '' ? name : `${front}/${name}`;
  const size = octal(block, 124, 136);
  if (size === undefined) {
    throw new ArchiveProblem(`the size of ${quoted(path)} is no plain octal number`);
  }
  const flag = block.toString('latin1', 156, 157);
  const type = TYPES.get(flag) ?? `thing of unknown type ${quoted(flag)}`;
  return {
    path,
    // Before there were folders, a folder was a file whose name ends so.
    type: type === 'File' && path.endsWith('/') ? 'Directory' : type,
    size,
    isExecutable: ((octal(block, 100, 108) ?? 0) & 0o100) !== 0,
  };
}

/** Bytes as text. Names that are no UTF-8 would not be the same on every disk. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    const shown = Buffer.from(bytes).toString('latin1');
    throw new ArchiveProblem(`the name ${quoted(shown)} is not UTF-8`);
  }
}

function textAt(block: Buffer, from: number, to: number): string {
  const field = block.subarray(from, to);
  const end = field.indexOf(0);
  return decodeName(end === -1 ? field : field.subarray(0, end));
}

/** A number in octal digits; `undefined` for all else, GNU's and star's binary numbers too. */
function octal(block: Buffer, from: number, to: number): number | undefined {
  const text = /^ *([0-7]*)[ \0]*$/.exec(block.toString('latin1', from, to));
  return text === null ? undefined : Number.parseInt(text[1] === '' ? '0' : (text[1] ?? ''), 8);
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function checksumOf(block: Buffer): number {
  let sum = 32 * (CHECKSUM_END - CHECKSUM_AT);
  for (const byte of block) sum += byte;
  for (const byte of block.subarray(CHECKSUM_AT, CHECKSUM_END)) sum -= byte;
  return sum;
}
