import { nodeFiles } from '../../../state/node-files.ts';
import { hookedFiles } from '../../../state/testing/hooked-files.test-support.ts';
import {
  getOf,
  httpsFetcher,
  remoteEntry,
  supplyOver,
  type SupplyFolders,
} from './supply-rig.test-support.ts';

/** What this process is to do, as its one argument. */
export interface KilledSupplyJob extends SupplyFolders {
  readonly url: string;
  readonly ca: string;
  readonly sha256: string;
  /** At which write of the part file it kills itself, from 1. */
  readonly killAt: number;
}

// Run as a process of its own: fetches a plugin and dies in the middle, or says what came of it.
const { url, ca, sha256, killAt, ...folders } = JSON.parse(
  process.argv[2] ?? '',
) as KilledSupplyJob;
let writes = 0;
const files = hookedFiles(nodeFiles, ({ call, path }) => {
  if (call !== 'write, half done' || !path.endsWith('.part')) return;
  writes += 1;
  if (writes === killAt) process.kill(process.pid, 'SIGKILL');
});
const supply = supplyOver(httpsFetcher(ca), { ...folders, files });
const result = await getOf(supply, remoteEntry('tour', sha256, url)).result;
process.stdout.write(JSON.stringify(result));
