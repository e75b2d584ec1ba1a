import path from 'node:path';
import { fail, ok, type Json, type Result } from '#shared';
import { readJsonFile, writeFileAtomic } from '../../state/atomic-file.ts';
import type { FilesPort } from '../../state/files-port.ts';
import { writeFailure } from '../../state/write-failure.ts';

/** What one plugin may keep, in bytes of JSON. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * What one plugin keeps over restarts. The app writes it, not the plugin's process: so that process
 * needs no right to write anywhere, and cannot leave half a file behind.
 */
export interface StorageFile {
  get(key: string): Promise<Result<Json | undefined>>;
  /** Resolves when the change is on the disk. Over 1 MiB in all it fails, and nothing changes. */
  set(key: string, value: Json): Promise<Result<void>>;
  delete(key: string): Promise<Result<void>>;
  keys(): Promise<Result<readonly string[]>>;
  /** Resolves when nothing is being written any more. Never rejects. */
  settled(): Promise<void>;
}

/** Values by key, each as the text that stands in the file. */
type Entries = ReadonlyMap<string, string>;

/**
 * One JSON file, read at first use, put in place whole. Changes that are asked for while one is being
 * written go to the disk together with the next write: a plugin that stores in a loop costs the app
 * one write at a time, however fast it asks. A damaged file is set aside and the store begins empty;
 * `warn` says so.
 */
export function openStorageFile(request: {
  readonly files: FilesPort;
  readonly file: string;
  readonly warn: (text: string) => void;
}): StorageFile {
  const { files, file, warn } = request;
  /** What is on the disk, and what will be after all that was asked for. */
  let stored: Entries = new Map();
  let wanted = new Map<string, string>();
  let wantedBytes = bytesOf(stored);
  let opening: Promise<Result<void>> | undefined;
  /** The last write that began, and the one after it, which takes all that is asked for meanwhile. */
  let current: Promise<Result<void>> = Promise.resolve(ok(undefined));
  let next: Promise<Result<void>> | undefined;
  let failedWrites = 0;

  const open = (): Promise<Result<void>> => {
    opening ??= readEntries({ files, file, warn }).then((read) => {
      if (!read.ok) return read;
      stored = read.value;
      wantWhatIsStored();
      return ok(undefined);
    });
    return opening;
  };

  function wantWhatIsStored(): void {
    wanted = new Map(stored);
    wantedBytes = bytesOf(stored);
  }

  async function write(): Promise<Result<void>> {
    const failedBefore = failedWrites;
    const before = await current;
    // From here on a new change belongs to the write after this one.
    if (next !== undefined) current = next;
    next = undefined;
    if (failedWrites > failedBefore) {
      // These changes were made upon one that did not come about: they must be asked for anew.
      wantWhatIsStored();
      return before;
    }
    const entries = new Map(wanted);
    const written = await writeFileAtomic({ files, path: file, content: asText(entries) });
    if (written.ok) stored = entries;
    else {
      failedWrites += 1;
      wantWhatIsStored();
    }
    return written;
  }

  const change = async (key: string, text: string | undefined): Promise<Result<void>> => {
    const opened = await open();
    if (!opened.ok) return opened;
    const before = wanted.get(key);
    const growth = entryBytes(key, text) - entryBytes(key, before);
    if (growth > 0 && wantedBytes + growth > LIMIT_BYTES) return fail(FULL);
    wantedBytes += growth;
    if (text === undefined) wanted.delete(key);
    else wanted.set(key, text);
    next ??= write();
    return next;
  };

  /** What was stored by all that was asked for before. */
  const look = async <T>(read: (entries: Entries) => T): Promise<Result<T>> => {
    const opened = await open();
    if (!opened.ok) return opened;
    await (next ?? current);
    return ok(read(stored));
  };

  return {
    get: (key) =>
      look((entries) => {
        const text = entries.get(key);
        return text === undefined ? undefined : (JSON.parse(text) as Json);
      }),
    set: (key, value) => change(key, JSON.stringify(value)),
    delete: (key) => change(key, undefined),
    keys: () => look((entries) => [...entries.keys()]),
    settled: async () => {
      await opening;
      while (next !== undefined) await next;
      await current;
    },
  };
}

const FULL = { code: 'plugin/failed', message: 'the storage is full (1 MiB)' } as const;

async function readEntries(request: {
  readonly files: FilesPort;
  readonly file: string;
  readonly warn: (text: string) => void;
}): Promise<Result<Entries>> {
  const { files, file, warn } = request;
  try {
    await files.makeFolder(path.dirname(file));
  } catch (thrown) {
    return fail(writeFailure(path.dirname(file), thrown));
  }
  const read = await readJsonFile({ files, path: file, decode: asEntries });
  if (!read.ok) return read;
  if (read.value.kind === 'damaged') {
    warn(`the storage was damaged and begins empty; it is kept as ${read.value.asideTo}`);
  }
  return ok(read.value.kind === 'read' ? read.value.value : new Map<string, string>());
}

function asEntries(json: unknown): Entries | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return new Map(Object.entries(json).map(([key, value]) => [key, JSON.stringify(value)] as const));
}

/** Bytes in the file, with a colon and a comma. */
function entryBytes(key: string, text: string | undefined): number {
  return text === undefined
    ? 0
    : Buffer.byteLength(JSON.stringify(key)) + Buffer.byteLength(text) + 2;
}

function bytesOf(entries: Entries): number {
  // The last one has no comma, and the braces are two.
  let bytes = 1;
  for (const [key, text] of entries) bytes += entryBytes(key, text);
  return bytes;
}

/** Not by way of an object: `__proto__` is a key like any other. */
function asText(entries: Entries): string {
  return `{${[...entries].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}
