import { readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '#shared';
import type { Refusal } from '../http/problem.ts';
import type { BuiltFiles, ServedFile } from './built-files.ts';
import type { DirectoryEntry } from '../plugins/plugin-directory.ts';

/** What every screen may load from the root of its own origin, besides its own files. */
const CLIENT_FILES = ['/firstlight-client.js', '/firstlight-client.css'];

/** One of the app's files for plugin screens, or nothing for any other path. */
export async function clientFile(
  path: string,
  client: BuiltFiles,
): Promise<ServedFile | undefined> {
  return CLIENT_FILES.includes(path) ? client.read(path.slice(1)) : undefined;
}

/** A file of a plugin's own screen. Whatever is wrong with the path, the answer is the same. */
export async function screenFile(
  entry: DirectoryEntry,
  path: string,
): Promise<Result<ServedFile, Refusal>> {
  const nothing = fail({ status: 404, detail: 'The screen has no such file.' } as const);
  const found = await entry.webFile(path);
  if (!found.ok) return nothing;
  try {
    return ok({ bytes: await readFile(found.value.path), type: found.value.type });
  } catch {
    // Taken away since it was looked up: a plugin may be stopped at any moment.
    return nothing;
  }
}
