import { access, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type PluginEntry, type Result } from '#shared';
import { isWithin } from './is-within.ts';

/** Where a plugin was found: a folder with a package, or a file that should be an archive. */
export interface FoundPlugin {
  readonly kind: 'package' | 'archive';
  /** Absolute, links followed. */
  readonly path: string;
}

/**
 * Finds a local plugin by the rules of the plan contract, section 6. Its base path is relative to the
 * plugins folder and cannot leave it, not by a link either.
 */
export async function findPlugin(
  pluginsFolder: string,
  entry: Pick<PluginEntry, 'name' | 'plugin_base_path'>,
): Promise<Result<FoundPlugin>> {
  const folder = path.resolve(pluginsFolder);
  const base = path.resolve(folder, entry.plugin_base_path);
  const candidates = [base, path.join(base, entry.name), path.join(base, `${entry.name}.tgz`)];
  if (!candidates.every((candidate) => isWithin(candidate, folder))) return leaves(entry);

  // All at once: each answer of the file system is a turn that a person would wait for.
  const [real, ...looked] = await Promise.all([
    realpath(folder).catch(() => folder),
    ...candidates.map(lookFor),
  ]);
  let unfinished: FoundPlugin | undefined;
  for (const [i, found] of looked.entries()) {
    if (found === undefined) continue;
    if (!isWithin(found.path, real)) return leaves(entry);
    if (found.kind === 'archive' || candidates[i] !== base) return ok(found);
    // A folder of plugins may be a package itself, for its own tools. It is the plugin only if it
    // says so, or if there is nothing better; then the check of its manifest says what it lacks.
    if (await isPluginPackage(found.path)) return ok(found);
    if (base !== folder) unfinished = found;
  }
  return unfinished === undefined ? notFound(candidates, entry.name) : ok(unfinished);
}

async function lookFor(candidate: string): Promise<FoundPlugin | undefined> {
  try {
    const [real, stats, isPackage] = await Promise.all([
      realpath(candidate),
      stat(candidate),
      // A folder without a package.json is one that plugins stand in.
      access(path.join(candidate, 'package.json')).then(
        () => true,
        () => false,
      ),
    ]);
    if (stats.isFile()) return { kind: 'archive', path: real };
    return isPackage ? { kind: 'package', path: real } : undefined;
  } catch {
    return undefined;
  }
}

async function isPluginPackage(folder: string): Promise<boolean> {
  try {
    const json: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    return typeof json === 'object' && json !== null && 'firstlight' in json;
  } catch {
    return false;
  }
}

function leaves(entry: Pick<PluginEntry, 'name' | 'plugin_base_path'>): Result<never> {
  return fail({
    code: 'plugin/not-found',
    message: `Plugin "${entry.name}": the base path "${entry.plugin_base_path}" leads out of the plugins folder.`,
  });
}

function notFound(candidates: readonly string[], name: string): Result<never> {
  return fail({
    code: 'plugin/not-found',
    message: `Plugin "${name}" is not there; looked for ${candidates.join(', ')}.`,
    hint: 'Expected a folder with a package.json that has a "firstlight" object, or its archive made by `npm pack`.',
  });
}
