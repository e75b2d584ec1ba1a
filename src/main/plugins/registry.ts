import type { PluginEntry } from '#shared';
import type { PluginPackage } from './manifest.ts';
import type { RunningPlugin } from './running-plugin.ts';

/** A loaded plugin: what the plan and its package say, and the process that does it. */
export interface PluginBinding {
  readonly entry: PluginEntry;
  readonly package: PluginPackage;
  /** The process of the last start. It may have ended by now; `processState` says so. */
  readonly plugin: RunningPlugin;
}

/** Looks up loaded plugins. One that has stopped stays, so that its screen and facts can be had. */
export interface PluginRegistry {
  byName(name: string): PluginBinding | undefined;
  byRoute(route: string): PluginBinding | undefined;
  /** In the order in which they were first started. */
  list(): readonly PluginBinding[];
}

/** The registry as its owner, the plugin host, has it. */
export interface MutableRegistry extends PluginRegistry {
  set(binding: PluginBinding): void;
}

/** Makes an empty registry. Names and routes are unique in a plan; a later binding replaces. */
export function createRegistry(): MutableRegistry {
  const bindings = new Map<string, PluginBinding>();
  return {
    byName: (name) => bindings.get(name),
    byRoute: (route) =>
      // A newer plan may give a route to another plugin: the latest counts.
      [...bindings.values()].findLast(({ entry }) => entry.plugin_route === route),
    list: () => [...bindings.values()],
    set: (binding) => bindings.set(binding.entry.name, binding),
  };
}
