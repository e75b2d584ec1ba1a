import { isUp } from './lifecycle.ts';
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
    health: () => Promise.all(registry.list().map(healthOf)),
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

async function healthOf({ entry, plugin }: PluginBinding): Promise<PluginHealth> {
  const { processState: state } = plugin;
  const facts = { name: entry.name, route: entry.plugin_route, state };
  // One that ended because it was asked to is as it should be.
  if (!isUp(state)) return { ...facts, healthy: state !== 'crashed' };
  const answer = await plugin.health();
  if (!answer.ok) return { ...facts, healthy: false, message: answer.failure.message };
  const { healthy, message } = answer.value;
  return { ...facts, healthy, ...(message === undefined ? {} : { message }) };
}
