import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { writeFailure } from '../state/write-failure.ts';
import type { PluginPackage } from './manifest.ts';

/**
 * Makes a plugin's own folder for files, for its owner alone, where its manifest asks for one; links
 * followed, as a sandbox wants it. `shell/read-only` where it cannot be made.
 */
export async function makeDataFolder(
  parent: string,
  plugin: string,
  { manifest }: PluginPackage,
): Promise<Result<string | undefined>> {
  if (manifest.permissions?.dataFolder !== true) return ok(undefined);
  const folder = path.join(parent, plugin);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return ok(await realpath(folder));
  } catch (thrown) {
    return fail(writeFailure(folder, thrown));
  }
}
