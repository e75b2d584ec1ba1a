import { expect, it } from 'vitest';
import { murmur128 } from './murmur-hash.ts';

/** A text whose units are the bytes of an ASCII text, two by two. */
function packed(ascii: string): string {
  const pairs = ascii.match(/../g) ?? [];
  return pairs
    .map((pair) => String.fromCharCode(pair.charCodeAt(0) | (pair.charCodeAt(1) << 8)))
    .join('');
}

it.each([
  ['', '00000000000000000000000000000000'],
  ['01', '0f87acb4674f3b21674f3b21674f3b21'],
  ['0123', 'dc378fea485d3536485d3536485d3536'],
  ['01234567', 'aa22bf849216040263b83c5e63b83c5e'],
  ['0123456789ab', 'cfaa93f9b6982a7e53412b5d04d3d08f'],
  ['0123456789abcd', '6f34d20ac0a5114dae0d83c563f51794'],
  ['0123456789abcdef', 'fb7d440936aed30a48ad1d9b572b3bfd'],
])('gives what other implementations of MurmurHash3_x86_128 give for "%s"', (bytes, hash) => {
  expect(murmur128(packed(bytes))).toBe(hash);
});

it('stirs every block into the ones after it', () => {
  const block = 'abcdefgh';
  const hashes = [block, block + block, block + block + block, `x${block}`, `${block}x`].map(
    murmur128,
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});
