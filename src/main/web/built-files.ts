import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file as it is served. */
export interface ServedFile {
  readonly bytes: Buffer;
  /** For `content-type`. */
  readonly type: string;
}

/** The built files of the app, by path below its root, such as `assets/index-1a2b.js`. */
export interface BuiltFiles {
  read(path: string): Promise<ServedFile | undefined>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/**
 * Lists a folder once and serves exactly what was in it. A request can then name nothing else,
 * whatever dots, slashes and escapes it is made of.
 */
export async function builtFiles(folder: string): Promise<BuiltFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const known = new Map(
    entries
      .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length + 1).replaceAll('\\', '/'), path] as const;
      }),
  );
  return {
    read: async (path) => {
      const file = known.get(path);
      const type = TYPES[extname(path)];
      if (file === undefined || type === undefined) return undefined;
      return { bytes: await readFile(file), type };
    },
  };
}
