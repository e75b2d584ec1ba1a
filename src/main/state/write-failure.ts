import type { Failure } from '#shared';
import { isSystemError } from './files-port.ts';

/**
 * A refused write as the failure `shell/read-only`, naming the folder and the mend. Whatever is no
 * error of the system is a bug and goes on as an exception.
 */
export function writeFailure(folder: string, thrown: unknown): Failure {
  if (!isSystemError(thrown)) throw thrown;
  return {
    code: 'shell/read-only',
    message: `The state folder ${folder} cannot be written to (${thrown.code}).`,
    hint: hintFor(thrown.code),
  };
}

function hintFor(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full: free some space on it.';
    case 'EACCES':
    case 'EPERM':
      return 'Give this user write access to it, or choose another folder with --home DIR.';
    case 'EROFS':
      return 'The disk is mounted read-only: choose another folder with --home DIR.';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'A file stands where a folder should be: choose another folder with --home DIR.';
    default:
      return 'Check the disk, or choose another folder with --home DIR.';
  }
}
