import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../state/atomic-file.ts';
import type { FilesPort } from '../../state/files-port.ts';

const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** A list rather than a table, so that the oldest can go first. */
const indexSchema = v.array(v.object({ address: hex, digest: hex, tag: v.optional(v.string()) }));

/** What was last had from an address that no digest is pinned for. */
export type KnownArchive = v.InferOutput<typeof indexSchema>[number];

/** Enough for any plan, and bounded. */
const MAX_KNOWN = 500;

/** Remembers, across starts, which archive an unpinned address gave. */
export interface KnownArchives {
  find(address: string): Promise<KnownArchive | undefined>;
  /** Best effort: what cannot be written down is fetched again after the next start. */
  remember(known: KnownArchive): Promise<void>;
}

export function createKnownArchives(files: FilesPort, downloadsFolder: string): KnownArchives {
  let reading: Promise<readonly KnownArchive[]> | undefined;
  let writing = Promise.resolve();

  const known = (): Promise<readonly KnownArchive[]> =>
    (reading ??= readKnownArchives(files, downloadsFolder));

  return {
    find: async (address) => (await known()).find((one) => one.address === address),
    remember: (archive) => {
      writing = writing.then(async () => {
        const others = (await known()).filter((one) => one.address !== archive.address);
        const all = [...others, archive].slice(-MAX_KNOWN);
        reading = Promise.resolve(all);
        const content = `${JSON.stringify(all, undefined, 2)}\n`;
        await writeFileAtomic({ files, path: indexFile(downloadsFolder), content });
      });
      return writing;
    },
  };
}

/** What the index of a downloads folder says; a damaged one is set aside and says nothing. */
export async function readKnownArchives(
  files: FilesPort,
  downloadsFolder: string,
): Promise<readonly KnownArchive[]> {
  const file = await readJsonFile({
    files,
    path: indexFile(downloadsFolder),
    decode: (json) => {
      const parsed = v.safeParse(indexSchema, json);
      return parsed.success ? parsed.output : undefined;
    },
  });
  return file.ok && file.value.kind === 'read' ? file.value.value : [];
}

function indexFile(downloadsFolder: string): string {
  return path.join(downloadsFolder, 'index.json');
}
