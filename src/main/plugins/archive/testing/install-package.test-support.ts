import { unpackPlugin } from '../../unpack.ts';
import { nodeUnpackFiles } from '../unpack-files.ts';
import { hookedUnpackFiles } from './hooked-unpack-files.test-support.ts';

/** What this process is to do, as its one argument. */
export interface UnpackJob {
  readonly archive: string;
  readonly cacheFolder: string;
  /** At which place of the work it kills itself, from 1. */
  readonly killAt: number;
}

// Run as a process of its own: unpacks onto real files and dies in the middle, or says "done".
const job = JSON.parse(process.argv[2] ?? '') as UnpackJob;
let place = 0;
const files = hookedUnpackFiles(nodeUnpackFiles, () => {
  place += 1;
  if (place === job.killAt) process.kill(process.pid, 'SIGKILL');
});
const result = await unpackPlugin({ ...job, files });
process.stdout.write(result.ok ? 'done' : result.failure.message);
