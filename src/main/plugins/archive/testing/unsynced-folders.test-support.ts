import path from 'node:path';
import type { UnpackFiles } from '../unpack-files.ts';

/** Picks one of `options` possibilities, `0` up to `options - 1`: the worst case is a test's choice. */
type Choose = (options: number) => number;

/** What a disk holds: path to text, for files alone. */
type Listing = Readonly<Record<string, string>>;

/** A disk in memory, with folders, that knows what a power cut would leave of it. */
export interface UnsyncedFolders {
  readonly files: UnpackFiles;
  /** What a program sees. */
  now(): Listing;
  /**
   * What there is after a power cut: every name that was not synced may be there or not, every
   * file's unsynced bytes may be there, gone, torn or zeros. The file system keeps no order among
   * them; a rename is both of its names or none.
   */
  powerCut(choose: Choose): Listing;
}

interface FileNode {
  readonly kind: 'file';
  now: string;
  synced: string;
}

interface FolderNode {
  readonly kind: 'folder';
  readonly now: Map<string, Node>;
  readonly onDisk: Map<string, Node>;
}

type Node = FileNode | FolderNode;

/** A change of names that is not on the disk yet: of all these folders at once. */
interface Unsynced {
  readonly folders: readonly FolderNode[];
  readonly apply: (which: 'now' | 'onDisk') => void;
}

/** Makes such a disk. Nothing but `root` is there. */
export function unsyncedFolders(root: string): UnsyncedFolders {
  const top: FolderNode = folderNode();
  let unsynced: Unsynced[] = [];

  const parts = (file: string): string[] => path.relative(root, file).split(path.sep);

  function folderAt(names: readonly string[]): FolderNode {
    let node: Node | undefined = top;
    for (const name of names) {
      node = node?.kind === 'folder' ? node.now.get(name) : undefined;
    }
    if (node?.kind !== 'folder') throw systemError('ENOENT', names.join('/'));
    return node;
  }

  function placeOf(file: string): { readonly parent: FolderNode; readonly name: string } {
    const names = parts(file);
    return { parent: folderAt(names.slice(0, -1)), name: names.at(-1) ?? '' };
  }

  function change(folders: readonly FolderNode[], apply: Unsynced['apply']): void {
    apply('now');
    unsynced.push({ folders, apply });
  }

  function add(file: string, node: Node): void {
    const { parent, name } = placeOf(file);
    if (parent.now.has(name)) throw systemError('EEXIST', file);
    change([parent], (which) => parent[which].set(name, node));
  }

  function syncFolder(folder: FolderNode): void {
    for (const { folders, apply } of unsynced) if (folders.includes(folder)) apply('onDisk');
    unsynced = unsynced.filter(({ folders }) => !folders.includes(folder));
  }

  return {
    files: {
      makeDurableFolder: (file) =>
        attempt(() => {
          if (placeOf(file).parent.now.has(placeOf(file).name)) return;
          add(file, folderNode());
          syncFolder(placeOf(file).parent);
        }),
      makeFolder: (file) => attempt(() => add(file, folderNode())),
      create: (file) =>
        attempt(() => {
          const node: FileNode = { kind: 'file', now: '', synced: '' };
          add(file, node);
          return {
            write: (pieces) =>
              attempt(() => {
                node.now += Buffer.concat(pieces).toString('latin1');
              }),
            sync: () =>
              attempt(() => {
                node.synced = node.now;
              }),
            close: () => Promise.resolve(),
          };
        }),
      rename: (from, to) =>
        attempt(() => {
          const [old, fresh] = [placeOf(from), placeOf(to)];
          const node = old.parent.now.get(old.name);
          if (node === undefined) throw systemError('ENOENT', from);
          if (fresh.parent.now.has(fresh.name)) throw systemError('ENOTEMPTY', to);
          change([old.parent, fresh.parent], (which) => {
            old.parent[which].delete(old.name);
            fresh.parent[which].set(fresh.name, node);
          });
        }),
      syncFolder: (file) => attempt(() => syncFolder(folderAt(parts(file)))),
      remove: (file) =>
        attempt(() => {
          const { parent, name } = placeOf(file);
          change([parent], (which) => parent[which].delete(name));
        }),
    },
    now: () =>
      listing(
        top,
        (node) => node.now,
        (node) => node.now,
      ),
    powerCut: (choose) => {
      for (const { apply } of unsynced) if (choose(2) === 1) apply('onDisk');
      return listing(
        top,
        (node) => node.onDisk,
        (node) => afterCut(node, choose),
      );
    },
  };
}

function folderNode(): FolderNode {
  return { kind: 'folder', now: new Map<string, Node>(), onDisk: new Map<string, Node>() };
}

/** The files are always written from their start: what was synced is the beginning of what is now. */
function afterCut({ now, synced }: FileNode, choose: Choose): string {
  if (now === synced) return now;
  const lost = now.length - synced.length;
  switch (choose(4)) {
    case 0:
      return synced;
    case 1:
      return now;
    case 2:
      return now.slice(0, synced.length + Math.ceil(lost / 2));
    default:
      return synced + '\0'.repeat(lost);
  }
}

function listing(
  folder: FolderNode,
  namesOf: (node: FolderNode) => Map<string, Node>,
  textOf: (node: FileNode) => string,
  prefix = '',
): Listing {
  const pairs = [...namesOf(folder)].flatMap(([name, node]) =>
    node.kind === 'file'
      ? [[prefix + name, textOf(node)] as const]
      : Object.entries(listing(node, namesOf, textOf, `${prefix}${name}/`)),
  );
  return Object.fromEntries(pairs);
}

function systemError(code: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${file}`), { code, syscall: 'open' });
}

async function attempt<T>(call: () => T): Promise<T> {
  await Promise.resolve();
  return call();
}
