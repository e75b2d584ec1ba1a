import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isSystemError, type FilesPort } from '../../state/files-port.ts';
import { loadTuf } from './tuf-library.ts';

/**
 * Reads the root of trust that a device carries: `root.json` in the folder that its configuration, or
 * `--trust`, names. Its date is not asked: a root is shipped once and followed for years. Fails with
 * `device/bad-config`, since a device that was told to trust someone must not go on without.
 */
export async function loadTrustRoot(
  files: Pick<FilesPort, 'read'>,
  folder: string,
): Promise<Result<Uint8Array>> {
  const file = path.join(folder, 'root.json');
  const read = await readRoot(files, file);
  if (!read.ok) return read;
  const { TrustedMetadataStore } = await loadTuf();
  try {
    new TrustedMetadataStore(Buffer.from(read.value));
    return read;
  } catch {
    return bad(`${file} is no root of trust: no TUF root metadata that its own keys have signed.`);
  }
}

async function readRoot(files: Pick<FilesPort, 'read'>, file: string): Promise<Result<Uint8Array>> {
  try {
    return ok(await files.read(file));
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    const isMissing = thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR';
    return bad(isMissing ? `${file} is missing.` : `${file} cannot be read (${thrown.code}).`);
  }
}

function bad(message: string): Result<never> {
  return fail({
    code: 'device/bad-config',
    message,
    hint: 'Copy the newest root of the publisher\'s repository there ("firstlight trust show"), or name no root of trust.',
  });
}
