import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Diagnostic } from '#shared';
import { PLAN_RULES } from '../../shared/diagnostic.ts';
import { MAX_PLAN_BYTES } from '../plan/decode.ts';

// Windows has no such flag, and no such pipes.
const OPEN_FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** The bytes of a plan file and what they are known by, or the one finding that says why there are none. */
export type PlanFile =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly digest: string }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/**
 * Reads a plan file: never more than one byte over the limit, so that a huge file costs no memory, and
 * only from a regular file, since a pipe or device could keep setup waiting forever. Never rejects.
 */
export function readPlanFile(path: string): Promise<PlanFile> {
  return Promise.resolve(readNow(path));
}

// The first screen waits for this. Opening, asking, reading and closing in the thread pool takes longer
// than all of checking on a busy device, and 1 MiB at most holds nobody up.
function readNow(path: string): PlanFile {
  try {
    // Without `O_NONBLOCK` a pipe that nobody writes to would hang already here.
    const file = openSync(path, OPEN_FLAGS);
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) return unreadable(path, 'it is a folder');
      if (!stat.isFile()) return unreadable(path, 'it is not a regular file');
      const bytes = readUpTo(file, MAX_PLAN_BYTES + 1);
      return {
        ok: true,
        bytes,
        get digest() {
          return digestOf(bytes);
        },
      };
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    return unreadable(path, reasonOf(thrown));
  }
}

/** SHA-256 of a plan's bytes, in hex: what the trace and the updater call its digest. */
export function digestOf(bytes: Uint8Array): string {
  // Loading it takes a fifth of the time to check a plan, and a check alone needs no digest.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(bytes).digest('hex');
}

const CHUNK_BYTES = 64 * 1024;

/** The size that the system tells is not asked: a file may grow, and those of `/proc` have none. */
function readUpTo(file: number, limit: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let left = limit; left > 0;) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
    const length = readSync(file, chunk);
    if (length === 0) break;
    chunks.push(chunk.subarray(0, length));
    left -= length;
  }
  return Buffer.concat(chunks);
}

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  ELOOP: 'its links go in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'its name cannot be that of a file',
};

function reasonOf(thrown: unknown): string {
  const { code = '' } = thrown as NodeJS.ErrnoException;
  return REASONS[code] ?? `the system says ${code}`;
}

function unreadable(path: string, why: string): PlanFile {
  const { severity } = PLAN_RULES['plan/unreadable'];
  const message = `${JSON.stringify(path)} cannot be read: ${why}`;
  const place = { line: 1, column: 1, path: '' };
  return { ok: false, diagnostic: { rule: 'plan/unreadable', severity, message, ...place } };
}
