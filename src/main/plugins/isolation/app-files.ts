import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

/**
 * What of the app the program of a plugin's process consists of: nothing else of it is shown to
 * plugins. From the build that is the folder of its entry; from the sources they themselves and the
 * libraries. Either way with the `package.json` that says how to read them.
 */
export function appFiles(entry: string): readonly string[] {
  const real = realpathSync(entry);
  const root = packageFolder(path.dirname(real));
  if (root === undefined) return [path.dirname(real)];
  const parts = real.endsWith('.ts')
    ? ['src', 'node_modules']
    : [path.relative(root, path.dirname(real))];
  return ['package.json', ...parts].map((part) => path.join(root, part));
}

/** The nearest folder from here up that is a package. */
function packageFolder(folder: string): string | undefined {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : packageFolder(parent);
}
