import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { HomePaths } from '../../state/home.ts';
import { packageBytes } from '../../plugins/archive/package-record.ts';
import { mebibytes, type Topic } from './topic.ts';

/**
 * What `[store] max_mib` counts: unpacked plugins, and no downloads. By their records, since walking
 * through all their files could take long.
 */
export async function storeTopic(
  { pluginCache }: Pick<HomePaths, 'pluginCache'>,
  maxMib: number,
): Promise<Topic> {
  let bytes = 0;
  let packages = 0;
  for (const name of await namesIn(pluginCache)) {
    const size = await packageBytes(path.join(pluginCache, name));
    if (size === undefined) continue;
    bytes += size;
    packages += 1;
  }
  const plugins = packages === 1 ? '1 unpacked plugin' : `${packages} unpacked plugins`;
  return {
    topic: 'store',
    status: 'ok',
    message: `${mebibytes(bytes)} (${plugins}); beyond ${maxMib} MiB, what no plan needs is removed at start`,
  };
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
