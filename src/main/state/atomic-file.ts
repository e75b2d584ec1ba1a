import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isSystemError, type FilesPort } from './files-port.ts';
import { parseJson } from './parse-json.ts';
import { writeFailure } from './write-failure.ts';

/** State belongs to the device's own user. */
const OWNER_ONLY = 0o600;

/** Temporary files that are being written now, so that two overlapping writes never share one. */
const inUse = new Set<string>();

/**
 * Puts a file in place whole: at any instant, power cut included, a reader finds the old content or
 * the new. Keeps the permission bits of a file that is there; a new one is its owner's alone.
 * Fails with `shell/read-only`.
 */
export async function writeFileAtomic(request: {
  readonly files: FilesPort;
  readonly path: string;
  readonly content: string | Uint8Array;
}): Promise<Result<void>> {
  const { files, content } = request;
  const folder = path.dirname(request.path);
  // In the same folder: a rename across file systems is a copy, and a copy can be cut in two.
  const temporary = takeTemporary(request.path);
  try {
    const permissions = (await files.permissions(request.path)) ?? OWNER_ONLY;
    const file = await files.open(temporary, { how: 'replace', permissions });
    try {
      await file.write(typeof content === 'string' ? new TextEncoder().encode(content) : content);
      // Before the rename, else the new name could stand on the disk before its content does.
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, request.path);
    await files.syncFolder(folder);
    return ok(undefined);
  } catch (thrown) {
    const failure = writeFailure(folder, thrown);
    // On a full disk the half-written file would hold space that is wanted. Best effort.
    await files.remove(temporary).catch(ignoreSystemError);
    return fail(failure);
  } finally {
    inUse.delete(temporary);
  }
}

/** The lowest free number: what a power cut left behind is written over instead of piling up. */
function takeTemporary(file: string): string {
  for (let n = 0; ; n += 1) {
    const temporary = `${file}.${n}.tmp`;
    if (inUse.has(temporary)) continue;
    inUse.add(temporary);
    return temporary;
  }
}

/** What stands in a JSON file of the state. */
export type JsonFile<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly value: T }
  /** It was renamed to `asideTo`, so that the caller can begin anew. */
  | { readonly kind: 'damaged'; readonly asideTo: string };

/**
 * Reads a JSON file and sets it aside if it is damaged: no JSON, or not what `decode` expects
 * (`undefined`). Fails with `shell/read-only` where it cannot be set aside.
 */
export async function readJsonFile<T>(request: {
  readonly files: FilesPort;
  readonly path: string;
  readonly decode: (json: unknown) => T | undefined;
}): Promise<Result<JsonFile<T>>> {
  try {
    const json = parseJson(await request.files.read(request.path));
    const value = json === undefined ? undefined : request.decode(json);
    if (value !== undefined) return ok({ kind: 'read', value });
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return ok({ kind: 'absent' });
    // A bad block, or no right to read: the name must become free all the same.
    if (!isSystemError(thrown)) throw thrown;
  }
  const aside = await setAside(request.files, request.path);
  return aside.ok ? ok({ kind: 'damaged', asideTo: aside.value }) : aside;
}

/**
 * Renames a damaged file to the first free `<name>.damaged-<n>` and gives the new path. Nothing of
 * a person's is ever deleted here. Fails with `shell/read-only`.
 */
export async function setAside(files: FilesPort, file: string): Promise<Result<string>> {
  const folder = path.dirname(file);
  try {
    const names = new Set(await files.list(folder));
    let n = 1;
    while (names.has(`${path.basename(file)}.damaged-${n}`)) n += 1;
    const aside = `${file}.damaged-${n}`;
    await files.rename(file, aside);
    await files.syncFolder(folder);
    return ok(aside);
  } catch (thrown) {
    return fail(writeFailure(folder, thrown));
  }
}

function ignoreSystemError(thrown: unknown): void {
  if (!isSystemError(thrown)) throw thrown;
}
