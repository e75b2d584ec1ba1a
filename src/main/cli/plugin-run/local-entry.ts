import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type PluginEntry, type Result } from '#shared';
import { SEGMENT_PATTERN } from '../../../shared/text-rules.ts';
import { didYouMean, nearestOf } from '../../plan/nearest.ts';
import { quote } from '../../plan/words.ts';
import { findPlugin } from '../../plugins/find-plugin.ts';
import { readPackage } from '../../plugins/manifest.ts';
import { unpackPlugin } from '../../plugins/unpack.ts';

/** Said where a package has no version of its own to say; the host then says what is wrong with it. */
const NO_VERSION = '0.0.0';

/**
 * What a plan would say of a plugin in the plugins folder, for a run without one: the version is that
 * of its package. `plugin/not-found` names the one that is likely meant.
 */
export async function localEntry(
  name: string,
  folders: { readonly pluginsFolder: string; readonly cacheFolder: string },
): Promise<Result<PluginEntry>> {
  const { pluginsFolder, cacheFolder } = folders;
  // Its files are named after it.
  if (!SEGMENT_PATTERN.test(name)) {
    const message = `${quote(name)} is no name of a plugin: letters, digits, ".", "_" and "-".`;
    return fail({ code: 'plugin/not-found', message });
  }
  const found = await findPlugin(pluginsFolder, { name, plugin_base_path: BASE });
  if (!found.ok) {
    const meant = nearestOf(await namesIn(pluginsFolder)).find(name);
    return fail({ ...found.failure, ...didYouMean(meant) });
  }
  const { kind, path: place } = found.value;
  const root = kind === 'package' ? ok(place) : await unpackPlugin({ archive: place, cacheFolder });
  if (!root.ok) return root;
  const read = await readPackage(root.value);
  return ok({
    name,
    plugin_route: name,
    version: read.ok ? read.value.version : NO_VERSION,
    plugin_location_type: 'local',
    plugin_base_path: BASE,
    run_async: false,
    visible_in_ui: false,
    on_failure: 'stop',
    retries: 0,
  });
}

const BASE = './';

/** Names that could be plugins: of folders and archives. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isFile() || entry.name.endsWith('.tgz'))
      .map((entry) => path.basename(entry.name, '.tgz'));
  } catch {
    return [];
  }
}
