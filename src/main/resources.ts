import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder with the base plan, `core.toml`, brand and schemas. It stands at the root of the app, which
 * is above this module in the sources (`src/main`) as well as in the build, where a bundler chooses how
 * deep. Throws if there is none: the app is not whole.
 */
export function resourcesFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'resources', 'core.toml'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`no resources folder above ${import.meta.dirname}`);
    folder = above;
  }
  return join(folder, 'resources');
}
