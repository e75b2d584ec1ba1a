import path from 'node:path';
import type { FilesPort } from '../../state/files-port.ts';
import { readJsonFile, writeFileAtomic } from '../../state/atomic-file.ts';
import type { Json } from '#shared';
import type { PluginStorage } from '../../../sdk/index.ts';
import { jsonProblem } from '../json-problem.ts';

const LIMIT_BYTES = 1024 * 1024;

/**
 * A plugin's own store: one JSON file, read once, put in place whole with every change. A file that
 * is damaged is set aside and the store begins empty; `warn` says so. Changes are written one after
 * the other, in the order in which they were asked for.
 */
export async function openStorage(request: {
  readonly files: FilesPort;
  readonly file: string;
  readonly warn: (text: string) => void;
}): Promise<PluginStorage> {
  const { files, file } = request;
  await files.makeFolder(path.dirname(file));
  const read = await readJsonFile({ files, path: file, decode: asEntries });
  if (!read.ok) throw new Error(read.failure.message);
  if (read.value.kind === 'damaged') {
    request.warn(`the storage was damaged and begins empty; it is kept as ${read.value.asideTo}`);
  }
  let entries: ReadonlyMap<string, Json> =
    read.value.kind === 'read' ? read.value.value : new Map<string, Json>();
  let last: Promise<unknown> = Promise.resolve();

  const change = (edit: (next: Map<string, Json>) => void): Promise<void> => {
    const done = last.then(async () => {
      const next = new Map(entries);
      edit(next);
      const content = JSON.stringify(Object.fromEntries(next));
      if (Buffer.byteLength(content) > LIMIT_BYTES) throw new Error('the storage is full (1 MiB)');
      const written = await writeFileAtomic({ files, path: file, content });
      if (!written.ok) throw new Error(written.failure.message);
      entries = next;
    });
    // One change that fails must not fail those after it.
    last = done.catch(() => undefined);
    return done;
  };

  return {
    // After the changes under way, so that a `get` sees the `set` before it.
    get: async (key) => {
      await last;
      return copy(entries.get(key));
    },
    set: async (key, value) => {
      const problem = jsonProblem(value);
      // A key that is no string would come back as another one after a restart.
      if (typeof (key as unknown) !== 'string') throw new TypeError('a storage key is a string');
      if (problem !== undefined) throw new Error(`storage holds JSON only, but ${problem}`);
      const kept = copy(value);
      await change((next) => next.set(key, kept));
    },
    delete: (key) => change((next) => next.delete(key)),
    keys: async () => {
      await last;
      return [...entries.keys()];
    },
  };
}

/** What is handed out or kept is nobody else's to change. */
function copy<T>(value: T): T {
  return structuredClone(value);
}

function asEntries(json: unknown): Map<string, Json> | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return new Map(Object.entries(json as { readonly [key: string]: Json }));
}
