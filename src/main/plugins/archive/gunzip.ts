import { crc32, createInflateRaw } from 'node:zlib';
import { ArchiveProblem } from './archive-problem.ts';
import { kindOfFile } from './file-kind.ts';

const PIECE_BYTES = 256 * 1024;
/** Checksum and length of what was packed, at the very end (RFC 1952, section 2.3.1). */
const TRAILER_BYTES = 8;
const HEADER_BYTES = 10;
const FLAG = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** What was given to be decompressed so far. */
interface Seen {
  given: number;
  /** The last bytes of it, held back. */
  trailer: Buffer;
  isWhole: boolean;
}

/**
 * Decompresses one gzip member, piece by piece; memory stays the same whatever comes. Throws
 * `ArchiveProblem` for damage, and for anything that follows the member: `node:zlib`'s own gunzip
 * passes over that in silence, so that the digest would cover bytes that nobody has looked at.
 */
export async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
  const closed = new Promise((resolve) => inflate.once('close', resolve));
  const seen: Seen = { given: 0, trailer: Buffer.alloc(0), isWhole: false };

  async function give(piece: Buffer): Promise<void> {
    if (piece.length === 0) return;
    seen.given += piece.length;
    const taken = new Promise((resolve) => inflate.write(piece, resolve));
    // Where the data ends early, nobody takes the rest.
    await Promise.race([taken, closed]);
  }

  async function giveAll(): Promise<void> {
    try {
      let isFirst = true;
      for await (const piece of packed) {
        const body = isFirst ? piece.subarray(headerLength(piece)) : piece;
        isFirst = false;
        // The trailer may be torn in two by the pieces.
        const ready = Buffer.concat([seen.trailer, body.subarray(0, TRAILER_BYTES)]);
        const rest = body.subarray(TRAILER_BYTES);
        const all = rest.length >= TRAILER_BYTES ? [ready, rest] : [Buffer.concat([ready, rest])];
        const last = all.at(-1) ?? ready;
        const cut = Math.max(0, last.length - TRAILER_BYTES);
        seen.trailer = Buffer.from(last.subarray(cut));
        for (const part of [...all.slice(0, -1), last.subarray(0, cut)]) await give(part);
        if (inflate.destroyed) return;
      }
      if (isFirst) throw new ArchiveProblem('it is empty');
      seen.isWhole = true;
      inflate.end();
    } catch (thrown) {
      inflate.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  const giving = giveAll();
  let checksum = 0;
  let length = 0;
  try {
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      checksum = crc32(piece, checksum);
      length += piece.length;
      yield piece;
    }
  } catch (thrown) {
    throw problemOf(thrown);
  } finally {
    inflate.destroy();
    await giving;
  }
  if (!seen.isWhole || inflate.bytesWritten !== seen.given) {
    throw new ArchiveProblem('something follows the end of its gzip data');
  }
  const holds =
    seen.trailer.readUInt32LE(0) === checksum && seen.trailer.readUInt32LE(4) === length % 2 ** 32;
  if (!holds) throw new ArchiveProblem('it is damaged: its gzip checksum does not hold');
}

function problemOf(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown)) return thrown;
  if (thrown.code === 'Z_BUF_ERROR') return new ArchiveProblem('it is cut short');
  const isZlib = typeof thrown.code === 'string' && thrown.code.startsWith('Z_');
  return isZlib ? new ArchiveProblem(`its gzip data is damaged (${thrown.message})`) : thrown;
}

/** Length of the member's header, which must lie in the first piece. */
function headerLength(start: Buffer): number {
  if (start[0] !== 0x1f || start[1] !== 0x8b) throw new ArchiveProblem(kindOfFile(start));
  const flags = start[3] ?? FLAG.reserved;
  if (start[2] !== 8 || (flags & FLAG.reserved) !== 0) {
    throw new ArchiveProblem('it is packed in a way that gzip does not know');
  }
  let at = HEADER_BYTES;
  const skipText = (): void => {
    const end = start.indexOf(0, at);
    at = end === -1 ? Infinity : end + 1;
  };
  if ((flags & FLAG.extra) !== 0) {
    at = at + 2 <= start.length ? at + 2 + start.readUInt16LE(at) : Infinity;
  }
  if ((flags & FLAG.name) !== 0) skipText();
  if ((flags & FLAG.comment) !== 0) skipText();
  if ((flags & FLAG.headerChecksum) !== 0) at += 2;
  if (at > start.length) throw new ArchiveProblem('it is cut short');
  return at;
}
