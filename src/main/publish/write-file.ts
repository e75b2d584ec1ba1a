import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fail, type Failure, type Result } from '#shared';
import { isSystemError, type FilesPort } from '../state/files-port.ts';

/**
 * Puts a file in place whole and on the disk: whoever reads finds what was there before, or this.
 * Rejects with the system's error.
 */
export async function putFile(request: {
  readonly files: FilesPort;
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Permission bits, such as `0o644`. */
  readonly permissions: number;
}): Promise<void> {
  const { files, file, bytes, permissions } = request;
  const folder = path.dirname(file);
  // Begins with a dot, so that tools that copy the folder meanwhile can leave it out.
  const temporary = path.join(folder, `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const open = await files.open(temporary, { how: 'replace', permissions });
    try {
      await open.write(bytes);
      await open.sync();
    } finally {
      await open.close();
    }
    await files.rename(temporary, file);
  } catch (thrown) {
    // Best effort: the first error is the one that says what is wrong.
    await files.remove(temporary).catch(() => undefined);
    throw thrown;
  }
  await files.syncFolder(folder);
}

/** Runs `write`, and turns an error of the system into `publish/not-written`, naming the folder. */
export async function writing<T>(
  folder: string,
  write: () => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await write();
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return fail(notWritten(folder, thrown));
  }
}

function notWritten(folder: string, { code, message }: Error & { readonly code: string }): Failure {
  return {
    code: 'publish/not-written',
    message: `${folder} cannot be read or written to: ${message}.`,
    hint:
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'The disk is full: free some space on it.'
        : 'Give this user the right to read and write there, or choose another folder.',
  };
}
