import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The program that a child process runs: the source `name` beside the source at `url`, or what the
 * build made of it. Throws if there is none: the build is not whole.
 */
export function entryBeside(url: string, name: string): string {
  // The bundler may put a module into a folder of chunks below the entries.
  const candidates = url.endsWith('.ts') ? [`./${name}.ts`] : [`./${name}.js`, `../${name}.js`];
  const paths = candidates.map((candidate) => fileURLToPath(new URL(candidate, url)));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the build has no ${paths.join(' or ')}`);
  return found;
}
