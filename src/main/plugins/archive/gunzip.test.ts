import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveProblem } from './archive-problem.ts';
import { gunzip } from './gunzip.ts';

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...cuts, bytes.length].sort((a, b) => a - b);
  for (const [i, end] of ends.entries()) {
    await Promise.resolve();
    yield bytes.subarray(ends[i - 1] ?? 0, end);
  }
}

async function unpacked(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of gunzip(pieces)) all.push(piece);
  return Buffer.concat(all);
}

const PLAIN = Buffer.concat([randomBytes(3000), Buffer.alloc(700_000, 'firstlight')]);
const PACKED = gzipSync(PLAIN);

describe('gunzip', () => {
  it('gives what was packed, however the bytes are cut into pieces behind the header', async () => {
    const cut = fc.integer({ min: 10, max: PACKED.length });
    // The checksum at the end is what might be torn.
    const late = fc.integer({ min: PACKED.length - 12, max: PACKED.length });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(cut, late), { maxLength: 12 }), async (cuts) => {
        expect((await unpacked(inPieces(PACKED, cuts))).equals(PLAIN)).toBe(true);
      }),
    );
  });

  it('refuses every shorter and every longer one', async () => {
    const other = fc.oneof(
      fc.integer({ min: 0, max: PACKED.length - 1 }).map((end) => PACKED.subarray(0, end)),
      fc.uint8Array({ minLength: 1, maxLength: 20 }).map((more) => Buffer.concat([PACKED, more])),
    );
    await fc.assert(
      fc.asyncProperty(other, async (bytes) => {
        await expect(unpacked(inPieces(bytes, []))).rejects.toBeInstanceOf(ArchiveProblem);
      }),
    );
  });

  it('passes on why its source failed', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      await Promise.resolve();
      yield PACKED.subarray(0, 1000);
      throw new Error('the disk is gone');
    }
    await expect(unpacked(failing())).rejects.toThrow('the disk is gone');
  });

  it('asks for no more than it is asked for', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield PACKED.subarray(0, 10);
      // Stored blocks of deflate: 65,535 bytes each, without an end.
      const block = Buffer.concat([Buffer.from([0, 0xff, 0xff, 0, 0]), Buffer.alloc(65_535)]);
      for (;;) {
        await Promise.resolve();
        given += block.length;
        yield block;
      }
    }
    let taken = 0;
    for await (const piece of gunzip(endless())) {
      taken += piece.length;
      if (taken > 2_000_000) break;
    }
    expect(given).toBeLessThan(taken + 1_000_000);
  });
});
