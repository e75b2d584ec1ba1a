import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { isSystemError, type FilesPort, type OpenFile } from '../../state/files-port.ts';
import { parseJson } from '../../state/parse-json.ts';
import type { FetchSink } from '../../update/sources/fetcher-port.ts';

/** What a part is of, so that the rest can be asked for. */
const noteSchema = v.object({
  address: v.string(),
  tag: v.string(),
  /** Bytes in all, where the source said so. */
  total: v.optional(v.number()),
});

const OWNER_ONLY = 0o600;

/** An archive that is being fetched: `<key>.part`, and `<key>.json` that says what it is a part of. */
export interface PartFile {
  readonly path: string;
  /** Takes what is fetched. Its `held` is what an earlier attempt, or an earlier app, has left. */
  readonly sink: FetchSink;
  /** Was it fetched to its end before? Then nobody need be asked for the rest. */
  readonly isComplete: boolean;
  /** Does it begin with bytes from before? A power cut may have spoiled those. */
  isResumed(): boolean;
  close(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Opens a part for going on, if it is of this address, else for beginning anew. Nothing here is
 * flushed: an archive counts only once it is unpacked, which is, and whose digest is checked.
 * Rejects with the system's own errors, as do its methods.
 */
export async function openPartFile(request: {
  readonly files: FilesPort;
  readonly folder: string;
  readonly key: string;
  readonly address: string;
}): Promise<PartFile> {
  const { files, folder, key, address } = request;
  const part = path.join(folder, `${key}.part`);
  const noteFile = path.join(folder, `${key}.json`);
  const note = await readNote(files, noteFile);
  const bytes = note?.address === address ? await sizeOf(part) : 0;
  const held = note === undefined || bytes === 0 ? undefined : { bytes, tag: note.tag };
  let isResumed = held !== undefined;
  let file: OpenFile | undefined;

  const close = async (): Promise<void> => {
    const open = file;
    file = undefined;
    await open?.close();
  };

  return {
    path: part,
    isComplete: held !== undefined && held.bytes === note?.total,
    isResumed: () => isResumed,
    sink: {
      ...(held === undefined ? {} : { held }),
      begin: async ({ total, tag }) => {
        isResumed = false;
        await close();
        // The old bytes go first: with them the new note would be a lie.
        file = await files.open(part, { how: 'replace', permissions: OWNER_ONLY });
        if (tag === undefined) await files.remove(noteFile);
        else await writeNote(files, noteFile, { address, tag, total });
      },
      write: async (chunk) => {
        file ??= await files.open(part, { how: 'append', permissions: OWNER_ONLY });
        await file.write(chunk);
      },
    },
    close,
    remove: async () => {
      await close();
      await files.remove(noteFile);
      await files.remove(part);
    },
  };
}

type Note = v.InferOutput<typeof noteSchema>;

async function readNote(files: FilesPort, file: string): Promise<Note | undefined> {
  try {
    const parsed = v.safeParse(noteSchema, parseJson(await files.read(file)));
    return parsed.success ? parsed.output : undefined;
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return undefined;
  }
}

/** Not atomic: half a note is no JSON, and without a note the archive is fetched anew. */
async function writeNote(files: FilesPort, path: string, note: Note): Promise<void> {
  const file = await files.open(path, { how: 'replace', permissions: OWNER_ONLY });
  try {
    await file.write(new TextEncoder().encode(JSON.stringify(note)));
  } finally {
    await file.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return 0;
    throw thrown;
  }
}
