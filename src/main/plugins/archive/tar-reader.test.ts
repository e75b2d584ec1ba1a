import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paxHeader, rawTar } from './testing/raw-tar.test-support.ts';
import { createTarReader } from './tar-reader.ts';

/** Entries with their whole content, however the bytes come. */
function read(pieces: readonly Uint8Array[]): readonly string[] {
  const reader = createTarReader();
  const seen: string[] = [];
  for (const piece of pieces) {
    for (const part of reader.read(piece)) {
      if (part.type === 'entry') seen.push(`${part.entry.type} ${part.entry.path}: `);
      else if (part.type === 'bytes') seen.push((seen.pop() ?? '') + String(part.bytes));
      else seen.push('end');
    }
  }
  reader.end();
  return seen;
}

const TAR = rawTar([
  { name: 'package/a', content: 'first' },
  paxHeader({ path: 'package/\u00e9', mtime: '1.25' }),
  { name: 'package/short', content: 'x'.repeat(600) },
  { name: '././@LongLink', type: 'L', content: 'package/long\0' },
  { name: 'package/short', content: 'y'.repeat(512) },
  { name: 'package/empty' },
  { name: 'package/old/' },
  { name: 'package/web/', type: '5' },
]);
const ENTRIES = [
  'File package/a: first',
  `File package/\u00e9: ${'x'.repeat(600)}`,
  `File package/long: ${'y'.repeat(512)}`,
  'File package/empty: ',
  'Directory package/old/: ',
  'Directory package/web/: ',
  'end',
];

describe('createTarReader', () => {
  it('gives entries and their content in order', () => {
    expect(read([TAR])).toEqual(ENTRIES);
  });

  it('does not care how the bytes are cut into pieces', () => {
    const cuts = fc.array(fc.nat({ max: TAR.length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (places) => {
        const ends = [...places, TAR.length].sort((a, b) => a - b);
        const pieces = ends.map((end, i) => TAR.subarray(ends[i - 1] ?? 0, end));
        expect(read(pieces)).toEqual(ENTRIES);
      }),
    );
  });

  it('reads byte by byte too', () => {
    expect(read(Array.from(TAR, (byte) => Uint8Array.of(byte)))).toEqual(ENTRIES);
  });

  it('tells who may run a file', () => {
    const tar = rawTar([
      { name: 'p/run', mode: '0000755\0' },
      { name: 'p/read', mode: '0000644\0' },
    ]);
    const entries = [...createTarReader().read(tar)].filter((part) => part.type === 'entry');
    expect(entries.map(({ entry }) => entry.isExecutable)).toEqual([true, false]);
  });

  it('copies no content', () => {
    const bytes = [...createTarReader().read(TAR)].filter((part) => part.type === 'bytes');
    expect(bytes.every((part) => part.bytes.buffer === TAR.buffer)).toBe(true);
  });
});
