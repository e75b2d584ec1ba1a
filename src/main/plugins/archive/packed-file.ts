import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isSystemError } from '../../state/files-port.ts';
import { ARCHIVE_LIMITS } from '../archive-rules.ts';
import { ArchiveProblem } from './archive-problem.ts';

const PIECE_BYTES = 256 * 1024;
// Windows has no such flag, and no such pipes.
const OPEN_FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
const TOO_LARGE = 'it is larger than 64 MiB';

/** An archive that is held open: its name may come to mean another file, this one stays. */
export interface PackedFile {
  /**
   * All its bytes from the start; each piece holds until the next one is asked for. Throws
   * `ArchiveProblem` where they are more than allowed.
   */
  read(): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** Opens an archive. Throws `ArchiveProblem` for what cannot be read, or can be no archive. */
export async function openPackedFile(path: string): Promise<PackedFile> {
  const handle = await open(path, OPEN_FLAGS).catch(unreadable);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new ArchiveProblem('it is no regular file');
    if (stats.size > ARCHIVE_LIMITS.packedBytes) throw new ArchiveProblem(TOO_LARGE);
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
  return { read, close: () => handle.close() };

  async function* read(): AsyncGenerator<Buffer> {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (let position = 0; ;) {
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, position).catch(unreadable);
      if (bytesRead === 0) return;
      position += bytesRead;
      // The size that was told may have been a lie, or the file grows.
      if (position > ARCHIVE_LIMITS.packedBytes) throw new ArchiveProblem(TOO_LARGE);
      yield piece.subarray(0, bytesRead);
    }
  }
}

/** An error of reading must not be taken for one of writing. */
function unreadable(thrown: unknown): never {
  if (!isSystemError(thrown)) throw thrown;
  throw new ArchiveProblem(`it cannot be read (${thrown.message})`);
}
