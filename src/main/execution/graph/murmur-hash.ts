/**
 * MurmurHash3 by Austin Appleby (public domain), its form of 128 bits for machines of 32 (x86_128), seed 0.
 * Here because this folder has no `node:crypto`, and because it is ten times as fast as SHA-256 written in
 * JavaScript: graphs of thousands of steps are hashed before they start.
 */

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
/** 16 bytes, which are 8 UTF-16 units. */
const BLOCK = 8;

/** 32 hex digits of a text's UTF-16 units, each of them two bytes, the lower one first. */
export function murmur128(text: string): string {
  let [h1, h2, h3, h4] = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at += BLOCK) {
    const k1 = Math.imul(rotate(Math.imul(wordAt(text, at), C1), 15), C2);
    const k2 = Math.imul(rotate(Math.imul(wordAt(text, at + 2), C2), 16), C3);
    const k3 = Math.imul(rotate(Math.imul(wordAt(text, at + 4), C3), 17), C4);
    const k4 = Math.imul(rotate(Math.imul(wordAt(text, at + 6), C4), 18), C1);
    if (at + BLOCK > text.length) {
      // The rest of a text only mixes in; whole blocks also stir.
      [h1, h2, h3, h4] = [h1 ^ k1, h2 ^ k2, h3 ^ k3, h4 ^ k4];
      break;
    }
    h1 = stir(h1 ^ k1, 19, h2, 0x561ccd1b);
    h2 = stir(h2 ^ k2, 17, h3, 0x0bcaa747);
    h3 = stir(h3 ^ k3, 15, h4, 0x96cd1c35);
    h4 = stir(h4 ^ k4, 13, h1, 0x32ac3b17);
  }
  const bytes = text.length * 2;
  [h1, h2, h3, h4] = spread(h1 ^ bytes, h2 ^ bytes, h3 ^ bytes, h4 ^ bytes);
  [h1, h2, h3, h4] = spread(finish(h1), finish(h2), finish(h3), finish(h4));
  return [h1, h2, h3, h4].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}

/** 32 bits. Beyond the end there are zeros, which mix as nothing: NaN is 0 to `|`. */
function wordAt(text: string, at: number): number {
  return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
}

function stir(mixed: number, bits: number, next: number, constant: number): number {
  return (Math.imul((rotate(mixed, bits) + next) | 0, 5) + constant) | 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

type Four = [number, number, number, number];

function spread(a: number, b: number, c: number, d: number): Four {
  const sum = (a + b + c + d) | 0;
  return [sum, (b + sum) | 0, (c + sum) | 0, (d + sum) | 0];
}

function finish(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
