import type { NewFile, UnpackFiles } from '../unpack-files.ts';

/**
 * Calls `hook` before every call that changes the disk, and once in the middle of every write. The
 * hook may kill the process or throw; calls after a throw go on throwing, as after a power cut.
 */
export function hookedUnpackFiles(files: UnpackFiles, hook: () => void): UnpackFiles {
  return {
    makeDurableFolder: async (path) => {
      hook();
      await files.makeDurableFolder(path);
    },
    makeFolder: async (path) => {
      hook();
      await files.makeFolder(path);
    },
    create: async (path, options) => {
      hook();
      return hookedFile(await files.create(path, options), hook);
    },
    rename: async (from, to) => {
      hook();
      await files.rename(from, to);
    },
    syncFolder: async (path) => {
      hook();
      await files.syncFolder(path);
    },
    remove: async (path) => {
      hook();
      await files.remove(path);
    },
  };
}

function hookedFile(file: NewFile, hook: () => void): NewFile {
  return {
    write: async (pieces) => {
      hook();
      const [first, ...rest] = pieces;
      const half = Math.floor((first?.length ?? 0) / 2);
      await file.write([first?.subarray(0, half) ?? new Uint8Array()]);
      hook();
      await file.write([first?.subarray(half) ?? new Uint8Array(), ...rest]);
    },
    sync: async () => {
      hook();
      await file.sync();
    },
    close: () => file.close(),
  };
}
