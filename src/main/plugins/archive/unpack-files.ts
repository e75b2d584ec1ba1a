import { close, fdatasync, fsync, mkdir, open, rename, rm, write, writev } from 'node:fs';
import { promisify } from 'node:util';
import { isSystemError } from '../../state/files-port.ts';
import { nodeFiles } from '../../state/node-files.ts';

/**
 * The file calls that unpacking is made of. A port, so that tests can kill the process or cut the
 * power between any two of them. Narrower than `FilesPort`, whose every new folder is on the disk at
 * once: here nothing counts before the last rename, so all of it is flushed together. Every call
 * rejects with the system's own error.
 */
export interface UnpackFiles {
  /** Creates a folder and its parents, on the disk when it returns. */
  makeDurableFolder(path: string): Promise<void>;
  /** Creates one folder for its owner alone. On the disk after `syncFolder` of its parent. */
  makeFolder(path: string): Promise<void>;
  /** Creates a file for its owner alone; one that is there already is an error. */
  create(path: string, options: { readonly isExecutable: boolean }): Promise<NewFile>;
  /** Renames a folder to a name that is free. On the disk after `syncFolder` of its parent. */
  rename(from: string, to: string): Promise<void>;
  /** Brings the names in this folder onto the disk. */
  syncFolder(path: string): Promise<void>;
  /** Removes a file or folder with all that is in it; one that is not there is no error. */
  remove(path: string): Promise<void>;
}

/** A file that is being written, from its start on. */
export interface NewFile {
  /** Writes all of these, one after the other, or rejects having written a part. */
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** What was written is on the disk when it returns. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

// `fs.promises` takes half as long again a call, and a package may have thousands of files.
const calls = {
  open: promisify(open),
  write: promisify(write),
  writeVector: promisify(writev),
  sync: promisify(fsync),
  dataSync: promisify(fdatasync),
  close: promisify(close),
  mkdir: promisify(mkdir),
  rename: promisify(rename),
  remove: promisify(rm),
};

/** The real files of this machine. */
export const nodeUnpackFiles: UnpackFiles = {
  makeDurableFolder: (path) => nodeFiles.makeFolder(path),
  makeFolder: async (path) => {
    await calls.mkdir(path, { mode: 0o700 });
  },
  create,
  rename: (from, to) => calls.rename(from, to),
  syncFolder,
  remove: (path) => calls.remove(path, { recursive: true, force: true }),
};

async function create(path: string, options: { readonly isExecutable: boolean }): Promise<NewFile> {
  // `wx` follows no link and takes no file that is there, whatever name rules overlooked.
  const file = await calls.open(path, 'wx', options.isExecutable ? 0o700 : 0o600);
  return {
    write: async (pieces) => {
      const { bytesWritten } = await calls.writeVector(file, pieces);
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (bytesWritten === length) return;
      // A full disk, or a signal: the rest tells which.
      const rest = Buffer.concat(pieces).subarray(bytesWritten);
      for (let at = 0; at < rest.length;) {
        at += (await calls.write(file, rest, at, rest.length - at)).bytesWritten;
      }
    },
    sync: () => calls.dataSync(file),
    close: () => calls.close(file),
  };
}

/**
 * Windows opens no folder for syncing, and some network file systems refuse the call: there the
 * rename itself is all that can be had, and NTFS journals names. What a power cut takes back there is
 * a package that is missing, or one whose record does not hold: both are unpacked again.
 */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await calls.open(path, 'r');
  try {
    await calls.sync(folder);
  } catch (thrown) {
    if (!isSystemError(thrown, 'EINVAL') && !isSystemError(thrown, 'ENOTSUP')) throw thrown;
  } finally {
    await calls.close(folder);
  }
}
