import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MANIFEST, paxHeader, rawArchive, resealed } from './testing/raw-tar.test-support.ts';
import { contentOf, unpackRig, type UnpackRig } from './testing/unpack-rig.test-support.ts';

const isFull = process.env.FIRSTLIGHT_FULL === '1';
const TIMEOUT_MS = isFull ? 600_000 : 60_000;

let rig: UnpackRig;
beforeEach(async () => {
  rig = await unpackRig();
});
afterEach(() => rig.dispose());

/** A name that every system can have; `x` in front keeps it from meaning something to one of them. */
const name = fc
  .string({
    unit: fc.constantFrom('a', 'z', '0', '-', '_', ' ', '.', '\u00e9', '\u65e5', '\u{1f600}'),
    maxLength: 60,
  })
  .map((text) => `x${text}x`);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  // Around the sizes of blocks, and of the pieces that are read and written.
  fc
    .constantFrom(511, 512, 513, 65_536, 262_143, 262_144, 262_145, 1_100_000)
    .map((size) => Buffer.alloc(size, `${size} `)),
);
/** Files by path; two names that are one somewhere are left out. */
const tree = fc
  .uniqueArray(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), content), {
    maxLength: 8,
    // A first part of their own: nothing is both a file and a folder.
    selector: ([parts]) => (parts[0] ?? '').normalize('NFC').toLowerCase(),
  })
  .map((files) => files.map(([parts, bytes]) => [parts.join('/'), bytes] as const));

describe('unpackPlugin', () => {
  it(
    'gives back byte for byte what was packed',
    async () => {
      const source = path.join(path.dirname(rig.cache), 'source');
      const archive = fc.tuple(tree, fc.boolean());
      await fc.assert(
        fc.asyncProperty(archive, async ([files, byGnuTar]) => {
          await rm(source, { recursive: true, force: true });
          const all = [['package.json', Buffer.from('{}')] as const, ...files];
          for (const [file, bytes] of all) {
            const full = path.join(source, 'package', file);
            await mkdir(path.dirname(full), { recursive: true });
            await writeFile(full, bytes);
          }
          const packed = byGnuTar ? packWithTar(source) : await packLikeNpm(source);
          const result = await rig.unpack(packed);
          if (!result.ok) throw new Error(result.failure.message);
          const unpacked = await contentOf(result.value);
          expect(Object.keys(unpacked)).toContain('.firstlight.json');
          expect({ ...unpacked, '.firstlight.json': '' }).toEqual({
            ...(await contentOf(path.join(source, 'package'))),
            '.firstlight.json': '',
          });
        }),
        { numRuns: isFull ? 150 : 25 },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'unpacks or refuses whatever it is given, and touches nothing else',
    async () => {
      const valid = rawArchive([
        MANIFEST,
        paxHeader({ path: 'package/long' }),
        { name: 'package/x', content: 'abc' },
        { name: '././@LongLink', type: 'L', content: 'package/longer\0' },
        { name: 'package/y', content: 'x'.repeat(2000) },
        { name: 'package/web/', type: '5' },
      ]);
      const plain = gunzipSync(valid);
      const packed = mutated(valid);
      // Damage within the tar, under checksums that hold.
      const tar = mutated(plain).map((bytes) => gzipSync(resealed(bytes), { level: 1 }));
      await fc.assert(
        fc.asyncProperty(fc.oneof(packed, tar), async (bytes) => {
          const { said, left, isOutsideUntouched } = await rig.attack(bytes);
          expect(said).toMatch(/^(unpacked$|plugin\/bad-archive: a\.tgz is no plugin archive )/);
          expect(isOutsideUntouched).toBe(true);
          expect(left).toHaveLength(said === 'unpacked' ? 1 : 0);
          await rm(rig.cache, { recursive: true, force: true });
        }),
        { numRuns: isFull ? 3000 : 200 },
      );
    },
    TIMEOUT_MS,
  );
});

/** As `npm pack` does it. */
async function packLikeNpm(source: string): Promise<Buffer> {
  const file = path.join(source, 'out.tgz');
  await create({ file, cwd: source, gzip: true, portable: true }, ['package']);
  return readFile(file);
}

function packWithTar(source: string): Buffer {
  return execFileSync('tar', ['-czf', '-', '--format=gnu', 'package'], { cwd: source });
}

/** The same bytes with some changed, removed, doubled or put in another place. */
function mutated(bytes: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: bytes.length - 1 });
  const change = fc.oneof(
    fc.record({ what: fc.constant('set'), at, value: fc.nat({ max: 255 }), to: at }),
    // Digits and zeros hit the fields of headers oftener than any byte would.
    fc.record({ what: fc.constant('set'), at, value: fc.constantFrom(0, 32, 47, 48, 55), to: at }),
    fc.record({ what: fc.constantFrom('cut', 'copy', 'end'), at, value: fc.nat(1024), to: at }),
  );
  return fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
    let now = Buffer.from(bytes);
    for (const { what, at: place, value, to } of changes) {
      if (what === 'set' && place < now.length) now.writeUInt8(value, place);
      if (what === 'cut')
        now = Buffer.concat([now.subarray(0, place), now.subarray(place + value)]);
      if (what === 'copy' && to < now.length) {
        now.set(now.subarray(place, place + value).subarray(0, now.length - to), to);
      }
      if (what === 'end') now = now.subarray(0, place + 1);
    }
    return now;
  });
}
