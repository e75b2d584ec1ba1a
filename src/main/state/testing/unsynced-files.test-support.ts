import path from 'node:path';
import type { FilesPort, OpenFile, OpenOptions } from '../files-port.ts';

/** Picks one of `options` possibilities, `0` up to `options - 1`: the worst case is a test's choice. */
type Choose = (options: number) => number;

/** A disk in memory that knows what a power cut would leave of it. */
export interface UnsyncedFiles extends FilesPort {
  /**
   * The disk after a power cut. Each name that was not synced, and each file's unsynced bytes, may
   * be there, gone or torn: `choose` says which. The file system keeps no order among them.
   */
  powerCut(choose: Choose): UnsyncedFiles;
}

/** A file apart from its names. */
interface Inode {
  now: Uint8Array;
  synced: Uint8Array;
  readonly permissions: number;
}

type Names = Map<string, Inode>;

/** A change of names in some folders that is not on the disk yet. */
interface Unsynced {
  readonly folders: readonly string[];
  readonly apply: (names: Names) => void;
}

/**
 * Makes such a disk. Folders are not modelled: `makeFolder` is durable by its contract. Errors carry
 * the code that the real system gives.
 */
export function unsyncedFiles(initial: Names = new Map<string, Inode>()): UnsyncedFiles {
  const names: Names = new Map(initial);
  const onDisk: Names = new Map(initial);
  let unsynced: Unsynced[] = [];

  function change(folders: readonly string[], apply: (names: Names) => void): void {
    apply(names);
    unsynced.push({ folders, apply });
  }

  function find(file: string): Inode {
    const inode = names.get(file);
    if (inode === undefined) throw systemError('ENOENT', file);
    return inode;
  }

  function open(file: string, options: OpenOptions): OpenFile {
    let inode = names.get(file);
    if (inode === undefined) {
      const empty = new Uint8Array();
      const made: Inode = { now: empty, synced: empty, permissions: options.permissions };
      change([path.dirname(file)], (map) => map.set(file, made));
      inode = made;
    } else if (options.how === 'replace') {
      inode.now = new Uint8Array();
    }
    return openInode(inode);
  }

  return {
    read: (file) => attempt(() => find(file).now),
    open: (file, options) => attempt(() => open(file, options)),
    rename: (from, to) =>
      attempt(() => {
        const inode = find(from);
        change([path.dirname(from), path.dirname(to)], (map) => {
          map.delete(from);
          map.set(to, inode);
        });
      }),
    remove: (file) => attempt(() => change([path.dirname(file)], (map) => map.delete(file))),
    list: (folder) =>
      attempt(() =>
        [...names.keys()].filter((f) => path.dirname(f) === folder).map((f) => path.basename(f)),
      ),
    makeFolder: () => Promise.resolve(),
    syncFolder: (folder) =>
      attempt(() => {
        for (const { folders, apply } of unsynced) if (folders.includes(folder)) apply(onDisk);
        unsynced = unsynced.filter(({ folders }) => !folders.includes(folder));
      }),
    permissions: (file) => attempt(() => names.get(file)?.permissions),
    powerCut: (choose) => {
      const left: Names = new Map(onDisk);
      for (const { apply } of unsynced) if (choose(2) === 1) apply(left);
      const survivors = [...left].map(([file, inode]): [string, Inode] => {
        const bytes = afterCut(inode, choose);
        return [file, { now: bytes, synced: bytes, permissions: inode.permissions }];
      });
      return unsyncedFiles(new Map(survivors));
    },
  };
}

function openInode(inode: Inode): OpenFile {
  return {
    write: (bytes) =>
      attempt(() => {
        inode.now = Buffer.concat([inode.now, bytes]);
      }),
    truncate: (length) =>
      attempt(() => {
        inode.now = inode.now.slice(0, length);
      }),
    sync: () =>
      attempt(() => {
        inode.synced = inode.now;
      }),
    close: () => Promise.resolve(),
  };
}

/** Old content, new content, new content cut short, or its length with holes for the new part. */
function afterCut(inode: Inode, choose: Choose): Uint8Array {
  const { now, synced } = inode;
  if (Buffer.compare(now, synced) === 0) return now;
  const common = commonLength(now, synced);
  switch (choose(4)) {
    case 0:
      return synced;
    case 1:
      return now;
    case 2:
      return now.slice(0, common + Math.ceil((now.length - common) / 2));
    default:
      return now.map((byte, index) => (index < common ? byte : 0));
  }
}

function commonLength(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) if (a[index] !== b[index]) return index;
  return length;
}

function systemError(code: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${file}`), { code, syscall: 'open' });
}

async function attempt<T>(call: () => T): Promise<T> {
  await Promise.resolve();
  return call();
}
