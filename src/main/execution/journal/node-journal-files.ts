import {
  closeSync,
  constants,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { isSystemError } from '../../state/files-port.ts';
import type { JournalFile, JournalFiles } from './journal-files.ts';

/** The real files of this machine. */
export const nodeJournalFiles: JournalFiles = {
  read: (path) => readFileSync(path),
  list: (folder) => readdirSync(folder),
  open: openForWriting,
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { force: true }),
  syncFolder,
};

function openForWriting(path: string): JournalFile {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  return {
    write: (bytes, position) => {
      // The system may take less than it was given.
      for (let done = 0; done < bytes.length;) {
        done += writeSync(fd, bytes, done, bytes.length - done, position + done);
      }
    },
    truncate: (length) => ftruncateSync(fd, length),
    sync: () => fdatasyncSync(fd),
    close: () => closeSync(fd),
  };
}

/** Windows opens no folder for syncing, and some network file systems refuse: as in `node-files.ts`. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } catch (thrown) {
    if (!isSystemError(thrown, 'EINVAL') && !isSystemError(thrown, 'ENOTSUP')) throw thrown;
  } finally {
    closeSync(fd);
  }
}
