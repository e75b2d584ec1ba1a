import type { CheckedCore } from '#shared';
import type { Finding } from './finding.ts';
import type { PluginView } from './view.ts';
import { quote } from './words.ts';

/** Names and routes: each once in the plan, and none that a core plugin has. */
export function checkNames(
  plugins: readonly PluginView[],
  core: CheckedCore | undefined,
): readonly Finding[] {
  return [
    ...checkTaken({
      plugins,
      field: 'name',
      valueOf: (plugin) => plugin.name,
      reserved: core?.plugins.map((plugin) => plugin.name) ?? [],
    }),
    ...checkTaken({
      plugins,
      field: 'plugin_route',
      valueOf: (plugin) => plugin.route,
      reserved: core?.plugins.map((plugin) => plugin.plugin_route) ?? [],
    }),
  ];
}

interface Taken {
  readonly plugins: readonly PluginView[];
  readonly field: 'name' | 'plugin_route';
  readonly valueOf: (plugin: PluginView) => string | undefined;
  readonly reserved: readonly string[];
}

function* checkTaken({ plugins, field, valueOf, reserved }: Taken): Generator<Finding> {
  const core = new Set(reserved);
  const first = new Map<string, PluginView>();
  const word = field === 'name' ? 'name' : 'route';
  for (const plugin of plugins) {
    const value = valueOf(plugin);
    if (value === undefined) continue;
    const path = [...plugin.path, field];
    const owner = first.get(value);
    if (core.has(value)) {
      const message = `the ${word} ${quote(value)} belongs to a core plugin`;
      yield { rule: 'plan/reserved-name', path, message, hint: `Choose another ${word}.` };
    }
    if (owner === undefined) {
      first.set(value, plugin);
    } else {
      yield {
        rule: field === 'name' ? 'plan/duplicate-name' : 'plan/duplicate-route',
        path,
        message: `the ${word} ${quote(value)} is already that of ${whose(owner, field)}`,
      };
    }
  }
}

function whose({ label, path }: PluginView, field: 'name' | 'plugin_route'): string {
  // Two plugins of one name are told apart by their number.
  return field === 'name'
    ? `plugin ${Number(path[1]) + 1} of the plan`
    : `the plugin ${quote(label)}`;
}
