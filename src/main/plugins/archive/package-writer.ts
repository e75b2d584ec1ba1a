import path from 'node:path';
import { PACKAGE_RECORD } from '../archive-rules.ts';
import { writeRecord } from './package-record.ts';
import { createSlots } from './slots.ts';
import type { NewFile, UnpackFiles } from './unpack-files.ts';

/**
 * How many file calls unpacking has under way at a time, whatever number of archives: Node's thread
 * pool has four threads, and flushes hang in the disk. One thread stays free for everybody else.
 */
const slots = createSlots(3);
/** So much of a file is held in memory before it is written. */
const HELD_BYTES = 1024 * 1024;

/** A file of the package; its path is relative, with `/`, and was found to be harmless. */
interface PackageFile {
  readonly path: string;
  readonly size: number;
  readonly isExecutable: boolean;
}

/** Writes one package. Rejects with the system's error, at the latest in `finish`. */
export interface PackageWriter {
  /** Creates a folder and its parents, as far as they are not there yet. */
  makeFolder(relative: string): Promise<void>;
  /** Begins a file. The one before must be complete. */
  begin(file: PackageFile): Promise<void>;
  /** Goes on with the file that was begun last. */
  write(bytes: Uint8Array): Promise<void>;
  /** Adds the record, and resolves when everything is on the disk: files first, then folders. */
  finish(): Promise<void>;
  /** Resolves when nothing is being written any more, however it ended. */
  settle(): Promise<void>;
}

/** A file with what was not written of it yet. */
interface Unfinished {
  readonly file: PackageFile;
  open?: NewFile | undefined;
  pieces: Uint8Array[];
  held: number;
  missing: number;
}

/**
 * Files are written and flushed beside each other, while the next ones are still being unpacked: a
 * flush waits for the disk, not for the processor.
 */
export function createPackageWriter(folder: string, files: UnpackFiles): PackageWriter {
  const folders = new Set<string>(['']);
  const record: [string, number][] = [];
  const running = new Set<Promise<void>>();
  let failure: { readonly thrown: unknown } | undefined;
  let current: Unfinished | undefined;

  /** Starts work as soon as there is a slot; waiting for the slot is what holds the reader back. */
  async function start(work: () => Promise<void>): Promise<void> {
    const release = await slots.take();
    if (failure !== undefined) {
      release();
      throw failure.thrown;
    }
    const one = work()
      .catch((thrown: unknown) => {
        failure ??= { thrown };
      })
      .finally(() => {
        release();
        running.delete(one);
      });
    running.add(one);
  }

  async function writeHeld(unfinished: Unfinished): Promise<NewFile> {
    const { file, pieces } = unfinished;
    unfinished.open ??= await files.create(path.join(folder, file.path), file);
    unfinished.pieces = [];
    unfinished.held = 0;
    if (pieces.length > 0) await unfinished.open.write(pieces);
    return unfinished.open;
  }

  async function complete(unfinished: Unfinished): Promise<void> {
    try {
      const open = await writeHeld(unfinished);
      await open.sync();
    } finally {
      await unfinished.open?.close();
      unfinished.open = undefined;
    }
  }

  async function makeFolder(relative: string): Promise<void> {
    if (folders.has(relative)) return;
    await makeFolder(parentOf(relative));
    folders.add(relative);
    await files.makeFolder(path.join(folder, relative));
  }

  async function begin(file: PackageFile): Promise<void> {
    await makeFolder(parentOf(file.path));
    record.push([file.path, file.size]);
    current = { file, pieces: [], held: 0, missing: file.size };
    if (file.size === 0) await completeCurrent(current);
  }

  function completeCurrent(unfinished: Unfinished): Promise<void> {
    current = undefined;
    return start(() => complete(unfinished));
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (current === undefined) throw new Error('no file was begun');
    current.pieces.push(bytes);
    current.held += bytes.length;
    current.missing -= bytes.length;
    if (current.missing === 0) return completeCurrent(current);
    if (current.held >= HELD_BYTES) await writeHeld(current);
  }

  async function finish(): Promise<void> {
    const text = writeRecord(record);
    await begin({ path: PACKAGE_RECORD, size: text.length, isExecutable: false });
    await write(text);
    await allDone();
    for (const each of folders) await start(() => files.syncFolder(path.join(folder, each)));
    await allDone();
  }

  async function allDone(): Promise<void> {
    await Promise.all(running);
    if (failure !== undefined) throw failure.thrown;
  }

  return {
    makeFolder,
    begin,
    write,
    finish,
    async settle() {
      await Promise.all(running);
      await current?.open?.close();
    },
  };
}

function parentOf(relative: string): string {
  const parent = path.posix.dirname(relative);
  return parent === '.' ? '' : parent;
}
