import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isSystemError, type FilesPort, type OpenFile, type OpenOptions } from './files-port.ts';

/** Only their owner may enter folders of the state: answers and password hashes lie in them. */
const OWNER_ONLY = 0o700;

/** The real files of this machine. */
export const nodeFiles: FilesPort = {
  read: (file) => readFile(file),
  open: openForWriting,
  rename: (from, to) => rename(from, to),
  remove: (file) => rm(file, { force: true }),
  list: (folder) => readdir(folder),
  makeFolder: makeFolderDurably,
  syncFolder,
  permissions: permissionsOf,
};

async function openForWriting(file: string, options: OpenOptions): Promise<OpenFile> {
  const before = await permissionsOf(file);
  const handle = await open(file, options.how === 'append' ? 'a' : 'w', options.permissions);
  // The umask may have taken bits away, and `w` keeps the bits of a file that is there.
  if (before === undefined || options.how === 'replace') await handle.chmod(options.permissions);
  return {
    // `writeFile` on a handle goes on from the position and loops over short writes.
    write: (bytes) => handle.writeFile(bytes),
    truncate: (length) => handle.truncate(length),
    // Size and content are all that matters for reading it back: times need no extra journal entry.
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

/** A folder's entry lies in its parent: each new one is synced there, from the top down. */
async function makeFolderDurably(folder: string): Promise<void> {
  // Not `recursive`: that hides a read-only file system behind `ENOENT`, and never ends below /proc.
  const wanted = path.resolve(folder);
  const parent = path.dirname(wanted);
  if (await isFolder(wanted)) return;
  if (parent !== wanted) await makeFolderDurably(parent);
  try {
    await mkdir(wanted, { mode: OWNER_ONLY });
  } catch (thrown) {
    // Somebody else was quicker.
    if (!isSystemError(thrown, 'EEXIST') || !(await isFolder(wanted))) throw thrown;
  }
  await syncFolder(parent);
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT') || isSystemError(thrown, 'ENOTDIR')) return false;
    throw thrown;
  }
}

/**
 * Windows opens no folder for syncing (`EPERM`, `EISDIR`), and some network file systems refuse the
 * call (`EINVAL`): there the rename itself is all that can be had, and NTFS journals it.
 */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (thrown) {
    if (!isSystemError(thrown, 'EINVAL') && !isSystemError(thrown, 'ENOTSUP')) throw thrown;
  } finally {
    await handle.close();
  }
}

async function permissionsOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}
