import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resourcesFolder } from './resources.ts';

/** The app's own version, from its `package.json`. */
export function appVersion(): string {
  const text = readFileSync(join(dirname(resourcesFolder()), 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
