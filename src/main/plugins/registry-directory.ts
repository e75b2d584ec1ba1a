import type { DirectoryEntry, PluginDirectory, PluginHealth } from './plugin-directory.ts';
import type { PluginBinding, PluginRegistry } from './registry.ts';
import { webFile } from './web-files.ts';

/** The plugin registry as the servers see it. */
export function directoryOf(registry: PluginRegistry): PluginDirectory {
  const found = (binding: PluginBinding | undefined) =>
    binding === undefined ? undefined : entryOf(binding);
  return {
    list: () => registry.list().map(entryOf),
    byName: (name) => found(registry.byName(name)),
    byRoute: (route) => found(registry.byRoute(route)),
    health: () => registry.list().map(healthOf),
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

function healthOf({ entry, plugin }: PluginBinding): PluginHealth {
  const { processState: state } = plugin;
  // One that ended because it was asked to is as it should be.
  return { name: entry.name, route: entry.plugin_route, state, healthy: state !== 'crashed' };
}
