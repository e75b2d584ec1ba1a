import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { PLAN_RULES, type Diagnostic } from '#shared';
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
export async function readPlanFile(path: string): Promise<PlanFile> {
  try {
    // Without `O_NONBLOCK` a pipe that nobody writes to would hang already here.
    const file = await open(path, OPEN_FLAGS);
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) return unreadable(path, 'it is a folder');
      if (!stat.isFile()) return unreadable(path, 'it is not a regular file');
      const bytes = await readUpTo(file, MAX_PLAN_BYTES + 1);
      return { ok: true, bytes, digest: digestOf(bytes) };
    } finally {
      await file.close();
    }
  } catch (thrown) {
    return unreadable(path, reasonOf(thrown));
  }
}

/** SHA-256 of a plan's bytes, in hex: what the trace and the updater call its digest. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readUpTo(file: FileHandle, limit: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await file.read(buffer, length, limit - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  // A copy: a small plan must not hold on to a buffer of the largest size.
  return buffer.slice(0, length);
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
