import { createHash } from 'node:crypto';
import { ARCHIVE_LIMITS, archiveRules, withoutTop } from '../archive-rules.ts';
import { ArchiveProblem } from './archive-problem.ts';
import { gunzip } from './gunzip.ts';
import type { PackageWriter } from './package-writer.ts';
import type { PackedFile } from './packed-file.ts';
import { createTarReader, type TarPart } from './tar-reader.ts';

/** Headers and padding come on top of the files; a bomb of empty blocks is more than that. */
const OVERHEAD_BYTES = 32 * 1024 * 1024;

/**
 * Unpacks an archive in one pass, checking each entry before anything of it is written, and gives the
 * SHA-256 of the bytes that it was unpacked from. Throws `ArchiveProblem`, the system's error, or the
 * signal's reason; what was written until then is the caller's to remove.
 */
export async function unpackInto(request: {
  readonly packed: PackedFile;
  readonly writer: PackageWriter;
  readonly signal?: AbortSignal | undefined;
}): Promise<string> {
  const { packed, writer, signal } = request;
  const hash = createHash('sha256');
  async function* digested(): AsyncGenerator<Buffer> {
    for await (const piece of packed.read()) {
      hash.update(piece);
      yield piece;
    }
  }

  const take = createTaker(writer);
  const tar = createTarReader();
  let total = 0;
  for await (const piece of gunzip(digested())) {
    signal?.throwIfAborted();
    total += piece.length;
    if (total > ARCHIVE_LIMITS.unpackedBytes + OVERHEAD_BYTES) {
      throw new ArchiveProblem('it unpacks to more than 256 MiB');
    }
    for (const part of tar.read(piece)) await take(part);
  }
  tar.end();
  return hash.digest('hex');
}

/** Checks and writes the parts of one archive. */
function createTaker(writer: PackageWriter): (part: TarPart) => Promise<void> {
  const rules = archiveRules();
  let hasManifest = false;
  return async (part) => {
    switch (part.type) {
      case 'entry': {
        const { entry } = part;
        const problem = rules.problemWith(entry);
        if (problem !== undefined) throw new ArchiveProblem(problem);
        const path = withoutTop(entry.path);
        if (entry.type === 'Directory') return writer.makeFolder(path);
        hasManifest ||= path === 'package.json';
        return writer.begin({ ...entry, path });
      }
      case 'bytes':
        return writer.write(part.bytes);
      case 'end':
        if (!hasManifest) throw new ArchiveProblem('it has no package.json');
        return undefined;
    }
  };
}
