import type { PluginBinding, PluginRegistry } from '../plugins/registry.ts';
import { webFile } from '../plugins/web-files.ts';
import type { DirectoryEntry, PluginDirectory } from './plugin-directory.ts';

/** The plugin registry as the servers see it. */
export function directoryOf(registry: PluginRegistry): PluginDirectory {
  const found = (binding: PluginBinding | undefined) =>
    binding === undefined ? undefined : entryOf(binding);
  return {
    list: () => registry.list().map(entryOf),
    byName: (name) => found(registry.byName(name)),
    byRoute: (route) => found(registry.byRoute(route)),
  };
}

function entryOf(binding: PluginBinding): DirectoryEntry {
  const { entry, plugin } = binding;
  return {
    name: entry.name,
    route: entry.plugin_route,
    version: binding.package.version,
    hasScreen: plugin.hasScreen,
    call: (route, body) => plugin.call(route, body),
    webFile: (urlPath) => webFile(binding, urlPath),
  };
}
