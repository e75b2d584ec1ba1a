import type { JournalFiles } from '../journal-files.ts';

/**
 * Calls `hook` before every call that changes the disk, and once in the middle of every write. A hook
 * that throws is the disk refusing the call, or, with an error that is none of the system, a power cut.
 */
export function hookedJournalFiles(
  files: JournalFiles,
  hook: (at: { readonly call: string; readonly path: string }) => void,
): JournalFiles {
  return {
    read: (path) => files.read(path),
    list: (folder) => files.list(folder),
    open: (path) => {
      hook({ call: 'open', path });
      const file = files.open(path);
      return {
        write: (bytes, position) => {
          const half = Math.floor(bytes.length / 2);
          hook({ call: 'write', path });
          file.write(bytes.subarray(0, half), position);
          hook({ call: 'write, half done', path });
          file.write(bytes.subarray(half), position + half);
        },
        truncate: (length) => {
          hook({ call: 'truncate', path });
          file.truncate(length);
        },
        sync: () => {
          hook({ call: 'sync', path });
          file.sync();
        },
        close: () => file.close(),
      };
    },
    rename: (from, to) => {
      hook({ call: 'rename', path: from });
      files.rename(from, to);
    },
    remove: (path) => {
      hook({ call: 'remove', path });
      files.remove(path);
    },
    syncFolder: (folder) => {
      hook({ call: 'syncFolder', path: folder });
      files.syncFolder(folder);
    },
  };
}

/** An error as the system throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'write' });
}
