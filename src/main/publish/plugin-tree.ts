import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** What lies in a plugin's folder, as paths relative to it, with `/`. */
export interface PluginTree {
  readonly files: readonly string[];
  /** Links, pipes, sockets and devices: npm leaves them out of an archive, and says nothing. */
  readonly others: readonly string[];
}

/** Installed packages are npm's, and full of links of its own; `.git` is never packed. */
const PASSED_OVER = new Set(['node_modules', '.git']);

/** Looks through a plugin's folder without following links. Rejects with the system's error. */
export async function readPluginTree(folder: string): Promise<PluginTree> {
  const files: string[] = [];
  const others: string[] = [];
  async function look(below: string): Promise<void> {
    for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
      if (PASSED_OVER.has(entry.name)) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await look(name);
      else (entry.isFile() ? files : others).push(name);
    }
  }
  await look('');
  return { files, others: others.sort() };
}

/** Names that files with passwords and private keys usually have. */
const SECRET = /^(\.env(\.(?!example$|sample$|template$).+)?|.+\.pem|id_[^.]+|\.npmrc)$/i;

/** Of the files of an unpacked plugin, those that look like somebody's secrets. */
export async function secretsIn(root: string): Promise<readonly string[]> {
  const names = await readdir(root, { recursive: true });
  return names.filter((name) => SECRET.test(path.basename(name))).sort();
}
