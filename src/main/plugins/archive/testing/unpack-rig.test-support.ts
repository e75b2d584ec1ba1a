import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unpackPlugin, type UnpackRequest } from '../../unpack.ts';

/** A folder with an archive, a cache, and something beside them that nobody may touch. */
export interface UnpackRig {
  readonly archive: string;
  readonly cache: string;
  /** Writes these bytes as the archive and unpacks it. */
  unpack(content: Uint8Array, more?: Partial<UnpackRequest>): ReturnType<typeof unpackPlugin>;
  /** The same; gives code and message of the failure, or `unpacked`. */
  problem(content: Uint8Array): Promise<string>;
  /** The same with an archive that is to be refused: what was said, and what it left anywhere. */
  attack(content: Uint8Array): Promise<{
    readonly said: string;
    readonly left: readonly string[];
    readonly isOutsideUntouched: boolean;
  }>;
  /** What lies in the cache. */
  cached(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export async function unpackRig(): Promise<UnpackRig> {
  const root = await mkdtemp(path.join(tmpdir(), 'firstlight-unpack-'));
  const home = path.join(root, 'home');
  const archive = path.join(home, 'a.tgz');
  const cache = path.join(home, 'cache');
  await mkdir(home);
  await writeFile(path.join(root, 'canary'), 'alive');
  await writeFile(path.join(home, 'canary'), 'alive');
  const unpack: UnpackRig['unpack'] = async (content, more = {}) => {
    await writeFile(archive, content);
    return unpackPlugin({ archive, cacheFolder: cache, ...more });
  };
  const problem: UnpackRig['problem'] = async (content) => {
    const result = await unpack(content);
    return result.ok ? 'unpacked' : `${result.failure.code}: ${result.failure.message}`;
  };
  const cached = (): Promise<string[]> => readdir(cache).catch(() => []);
  /** Everything but the cache and the archive. */
  const outside = async (): Promise<string> => {
    const found = Object.entries(await contentOf(root));
    const isOutside = ([name]: readonly [string, string]): boolean =>
      !name.startsWith('home/cache') && name !== 'home/a.tgz';
    return JSON.stringify(found.filter(isOutside).sort());
  };
  return {
    archive,
    cache,
    unpack,
    problem,
    cached,
    attack: async (content) => {
      const before = await outside();
      const said = await problem(content);
      return { said, left: await cached(), isOutsideUntouched: (await outside()) === before };
    },
    dispose: () => rm(root, { recursive: true, force: true }),
  };
}

/** Every file below a folder: its path with `/`, and its bytes in Latin-1; folders end in `/`. */
export async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pairs = entries.map(async (entry): Promise<[string, string]> => {
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, full).split(path.sep).join('/');
    return entry.isDirectory() ? [`${name}/`, ''] : [name, await readFile(full, 'latin1')];
  });
  return Object.fromEntries(await Promise.all(pairs));
}
