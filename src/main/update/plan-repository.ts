import type { CheckedPlan, PluginEntry, Result } from '#shared';
import { ok } from '#shared';
import { below, resolvePlace, type PlaceContext } from './sources/resolve-place.ts';
import type { Place } from './sources/place.ts';

/** The name of a plan at every source (plan contract, section 7). */
export const PLAN_FILE_NAME = 'execution_plan.toml';

/**
 * The folder at the source that newer plans of a base plan lie in:
 * `{update_path_root}/{product_family}/{execution_plan_version}`. Beside the plan there may be its
 * signed metadata and its plugins.
 */
export function planFolder(
  { update_from, update_path_root, product_family, execution_plan_version }: CheckedPlan['general'],
  context: PlaceContext,
): Result<Place> {
  const root = resolvePlace(update_from, update_path_root, context);
  // Both names are single path segments in any checked plan.
  return root.ok ? ok(below(root.value, product_family, execution_plan_version)) : root;
}

/**
 * Where the archive of a plugin can be fetched: at its own address, or, for a local plugin that is
 * pinned, beside the plan, where `firstlight publish` puts it under its digest.
 */
export function pluginPlace(
  entry: Pick<PluginEntry, 'name' | 'plugin_location_type' | 'plugin_base_path' | 'sha256'>,
  context: PlaceContext & { readonly planFolder: Result<Place> },
): Result<Place> {
  const { plugin_location_type: kind, plugin_base_path: text, name, sha256 = '' } = entry;
  if (kind !== 'local') return resolvePlace(kind, text, context);
  const folder = context.planFolder;
  const file = `${sha256.toLowerCase()}.${name}.tgz`;
  return folder.ok ? ok(below(folder.value, 'plugins', file)) : folder;
}
