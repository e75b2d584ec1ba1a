import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/**
 * Passwords are kept as `scrypt$N$r$p$salt$hash`: the numbers in decimal, salt and hash in Base64.
 * A later version may ask for more work; what was hashed before still says how it was done.
 */
const WORK = { N: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Of what a stored hash may ask for, at most: a damaged file must not take all memory. */
const MOST_MEMORY = 256 * 1024 * 1024;

/** Hashes a password with a salt of its own, off the main thread: about 32 MiB and 0.2 s. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive({ password, salt, length: HASH_BYTES, work: WORK });
  const parts = [WORK.N, WORK.r, WORK.p, salt.toString('base64'), hash.toString('base64')];
  return ['scrypt', ...parts].join('$');
}

/** Is this the password of that hash? `false` too for what is no hash of ours. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = FORMAT.exec(stored)?.groups;
  if (match === undefined) return false;
  const work = { N: Number(match.N), r: Number(match.r), p: Number(match.p) };
  const isPowerOfTwo = Number.isInteger(Math.log2(work.N)) && work.N > 1;
  if (!isPowerOfTwo || memoryOf(work) > MOST_MEMORY || work.r < 1 || work.p < 1 || work.p > 16) {
    return false;
  }
  const hash = Buffer.from(match.hash ?? '', 'base64');
  const salt = Buffer.from(match.salt ?? '', 'base64');
  const again = await derive({ password, salt, length: hash.length, work });
  return timingSafeEqual(hash, again);
}

const FORMAT =
  /^scrypt\$(?<N>\d{1,9})\$(?<r>\d{1,3})\$(?<p>\d{1,3})\$(?<salt>[\w+/=]{4,})\$(?<hash>[\w+/=]{22,})$/;

interface Work {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** scrypt's own figure for its largest buffer, in bytes. */
function memoryOf({ N, r }: Work): number {
  return 128 * N * r;
}

function derive(request: {
  readonly password: string;
  readonly salt: Buffer;
  readonly length: number;
  readonly work: Work;
}): Promise<Buffer> {
  const { password, salt, length, work } = request;
  // Twice: Node counts some buffers besides, and refuses at its default of 32 MiB.
  const options: ScryptOptions = { ...work, maxmem: 2 * memoryOf(work) };
  // One keyboard writes "é" as one character, another as two: both are the same password.
  const text = password.normalize('NFC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
