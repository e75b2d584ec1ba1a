/**
 * MurmurHash3 by Austin Appleby (public domain), its form of 128 bits for machines of 32 (x86_128), seed 0.
 * Here because this folder has no `node:crypto`, and because it is ten times as fast as SHA-256 written in
 * JavaScript: graphs of thousands of steps are hashed before they start.
 */

/** 32 hex digits of a text's UTF-16 units. */
export function murmur128(text: string): string {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[i * 2] = unit;
    bytes[i * 2 + 1] = unit >>> 8;
  }
  return murmur128OfBytes(bytes);
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
const BLOCK = 16;

/** 32 hex digits. */
export function murmur128OfBytes(bytes: Uint8Array): string {
  // What is missing to a whole block are zeros: they mix as nothing, as the algorithm has it.
  const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / BLOCK) * BLOCK));
  new Uint8Array(padded.buffer).set(bytes);
  let [h1, h2, h3, h4] = [0, 0, 0, 0];
  for (let at = 0; at < padded.byteLength; at += BLOCK) {
    const k1 = Math.imul(rotate(Math.imul(padded.getUint32(at, true), C1), 15), C2);
    const k2 = Math.imul(rotate(Math.imul(padded.getUint32(at + 4, true), C2), 16), C3);
    const k3 = Math.imul(rotate(Math.imul(padded.getUint32(at + 8, true), C3), 17), C4);
    const k4 = Math.imul(rotate(Math.imul(padded.getUint32(at + 12, true), C4), 18), C1);
    if (at + BLOCK > bytes.length) {
      // The rest of a text only mixes in; whole blocks also stir.
      [h1, h2, h3, h4] = [h1 ^ k1, h2 ^ k2, h3 ^ k3, h4 ^ k4];
      break;
    }
    h1 = stir(h1 ^ k1, 19, h2, 0x561ccd1b);
    h2 = stir(h2 ^ k2, 17, h3, 0x0bcaa747);
    h3 = stir(h3 ^ k3, 15, h4, 0x96cd1c35);
    h4 = stir(h4 ^ k4, 13, h1, 0x32ac3b17);
  }
  const length = bytes.length;
  [h1, h2, h3, h4] = spread(h1 ^ length, h2 ^ length, h3 ^ length, h4 ^ length);
  [h1, h2, h3, h4] = spread(finish(h1), finish(h2), finish(h3), finish(h4));
  return [h1, h2, h3, h4].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
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
