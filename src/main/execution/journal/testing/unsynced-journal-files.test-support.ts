import path from 'node:path';
import type { JournalFile, JournalFiles } from '../journal-files.ts';

/** Picks one of `options` possibilities, `0` up to `options - 1`: the worst case is a test's choice. */
export type Choose = (options: number) => number;

/** A disk in memory that knows what a power cut would leave of it: the blocking form of `unsyncedFiles`. */
export interface UnsyncedJournalFiles extends JournalFiles {
  /**
   * The disk after a power cut. Each name that was not synced, and each page that was not, may be there
   * or gone, and the last page torn: `choose` says which.
   */
  powerCut(choose: Choose): UnsyncedJournalFiles;
  /** Puts a file there, synced; to damage one. */
  put(file: string, bytes: Uint8Array): void;
}

/** A file apart from its names. */
interface Inode {
  now: Buffer;
  synced: Buffer;
}

type Names = Map<string, Inode>;

/** Smaller than any real sector, so that a short line is torn over several. */
const PAGE_BYTES = 64;

/** Makes such a disk, with one folder that needs no making. */
export function unsyncedJournalFiles(initial: Names = new Map<string, Inode>()) {
  const names: Names = new Map(initial);
  const onDisk: Names = new Map(initial);
  let unsynced: ((names: Names) => void)[] = [];

  function change(apply: (names: Names) => void): void {
    apply(names);
    unsynced.push(apply);
  }

  function find(file: string): Inode {
    const inode = names.get(file);
    if (inode === undefined) throw systemError('ENOENT', file);
    return inode;
  }

  const files: UnsyncedJournalFiles = {
    read: (file) => Buffer.from(find(file).now),
    list: (folder) =>
      [...names.keys()].filter((f) => path.dirname(f) === folder).map((f) => path.basename(f)),
    open: (file) => {
      const inode = names.get(file) ?? { now: Buffer.alloc(0), synced: Buffer.alloc(0) };
      if (!names.has(file)) change((map) => map.set(file, inode));
      return openInode(inode);
    },
    rename: (from, to) => {
      const inode = find(from);
      change((map) => {
        map.delete(from);
        map.set(to, inode);
      });
    },
    remove: (file) => change((map) => map.delete(file)),
    syncFolder: () => {
      for (const apply of unsynced) apply(onDisk);
      unsynced = [];
    },
    put: (file, bytes) => {
      const inode = { now: Buffer.from(bytes), synced: Buffer.from(bytes) };
      names.set(file, inode);
      onDisk.set(file, inode);
    },
    powerCut: (choose) => {
      const left: Names = new Map(onDisk);
      for (const apply of unsynced) if (choose(2) === 1) apply(left);
      const survivors = [...left].map(([file, inode]): [string, Inode] => {
        const bytes = afterCut(inode, choose);
        return [file, { now: bytes, synced: bytes }];
      });
      return unsyncedJournalFiles(new Map(survivors));
    },
  };
  return files;
}

function openInode(inode: Inode): JournalFile {
  return {
    write: (bytes, position) => {
      const end = position + bytes.length;
      const now = Buffer.alloc(Math.max(inode.now.length, end));
      inode.now.copy(now);
      now.set(bytes, position);
      inode.now = now;
    },
    truncate: (length) => {
      const now = Buffer.alloc(length);
      inode.now.copy(now);
      inode.now = now;
    },
    sync: () => {
      inode.synced = inode.now;
    },
    close: () => undefined,
  };
}

/** Old content, new content, a part of the new one, or any mixture of old and new pages. */
function afterCut({ now, synced }: Inode, choose: Choose): Buffer {
  if (now.equals(synced)) return now;
  switch (choose(4)) {
    case 0:
      return synced;
    case 1:
      return now;
    case 2: {
      const same = commonLength(now, synced);
      // Few of the zeros that are written ahead: they are all alike.
      const changed = Math.min(now.length - same, 4 * PAGE_BYTES);
      return Buffer.from(now.subarray(0, same + choose(changed + 1)));
    }
    default: {
      const mixed = Buffer.from(now);
      const old = Buffer.alloc(now.length);
      synced.copy(old);
      const firstPage = Math.floor(commonLength(now, synced) / PAGE_BYTES);
      for (let page = firstPage; page < firstPage + 8; page += 1) {
        const start = Math.min(page * PAGE_BYTES, now.length);
        if (choose(2) === 0) old.copy(mixed, start, start, start + PAGE_BYTES);
      }
      return mixed;
    }
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
