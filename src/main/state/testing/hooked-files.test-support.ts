import type { FilesPort, OpenFile } from '../files-port.ts';

/** A place in durable code: just before, or in the middle of, the n-th call that changes a disk. */
export interface WriteHook {
  readonly call: string;
  readonly path: string;
}

/**
 * Calls `hook` before every call that changes the disk, and once in the middle of every write. The
 * hook may kill the process or throw; calls after a throw go on throwing, as after a power cut.
 */
export function hookedFiles(files: FilesPort, hook: (at: WriteHook) => void): FilesPort {
  return {
    read: (path) => files.read(path),
    list: (folder) => files.list(folder),
    permissions: (path) => files.permissions(path),
    open: async (path, options) => {
      hook({ call: 'open', path });
      return hookedFile(await files.open(path, options), (call) => hook({ call, path }));
    },
    rename: async (from, to) => {
      hook({ call: 'rename', path: from });
      await files.rename(from, to);
    },
    remove: async (path) => {
      hook({ call: 'remove', path });
      await files.remove(path);
    },
    makeFolder: async (path) => {
      hook({ call: 'makeFolder', path });
      await files.makeFolder(path);
    },
    syncFolder: async (folder) => {
      hook({ call: 'syncFolder', path: folder });
      await files.syncFolder(folder);
    },
  };
}

function hookedFile(file: OpenFile, hook: (call: string) => void): OpenFile {
  return {
    write: async (bytes) => {
      const half = Math.floor(bytes.length / 2);
      hook('write');
      await file.write(bytes.subarray(0, half));
      hook('write, half done');
      await file.write(bytes.subarray(half));
    },
    truncate: async (length) => {
      hook('truncate');
      await file.truncate(length);
    },
    sync: async () => {
      hook('sync');
      await file.sync();
    },
    close: () => file.close(),
  };
}

/** Thrown at the cut and by every call after it. No system error, so durable code can't handle it. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/** A hook that cuts the power at the `n`-th place (from 1), and counts the places. */
export function cutAt(n: number): { readonly hook: () => void; readonly count: () => number } {
  let places = 0;
  return {
    hook: () => {
      places += 1;
      if (places >= n) throw new PowerCut(`power cut at place ${n}`);
    },
    count: () => places,
  };
}
