import path from 'node:path';
import { nodeUnpackFiles } from '../../plugins/archive/unpack-files.ts';
import { hookedUnpackFiles } from '../../plugins/archive/testing/hooked-unpack-files.test-support.ts';
import { homePaths } from '../../state/home.ts';
import { nodeFiles } from '../../state/node-files.ts';
import { hookedFiles } from '../../state/testing/hooked-files.test-support.ts';
import { createDeviceUpdates } from '../device-updates.ts';
import {
  loadBase,
  shippedCore,
  trustingConfig,
  type SignedRepository,
} from './signed-repository.test-support.ts';

/** What this process is to do, as its one argument. */
export interface UpdateJob extends SignedRepository {
  readonly home: string;
  /** At which place of the work it kills itself, from 1; 0 for never. */
  readonly killAt: number;
}

/** What it came to, as its output. */
export interface UpdateDone {
  /** How many places there were to die at. */
  readonly places: number;
  readonly revision: number;
  readonly packages: readonly string[];
}

// Run as a process of its own: takes a newer signed plan with its plugins, as a device does, and dies
// in the middle of it or says what it came to.

const job = JSON.parse(process.argv[2] ?? '') as UpdateJob;
let places = 0;
const hook = (): void => {
  places += 1;
  if (places === job.killAt) process.kill(process.pid, 'SIGKILL');
};
const core = await shippedCore();
const base = await loadBase(job.basePlan, core);
const updates = await createDeviceUpdates({
  files: hookedFiles(nodeFiles, hook),
  unpackFiles: hookedUnpackFiles(nodeUnpackFiles, hook),
  paths: homePaths(job.home),
  config: trustingConfig(job.trust),
  core,
  base,
  baseFolder: path.dirname(job.basePlan),
  buildTime: 0,
});
if (!updates.ok) throw new Error(updates.failure.message);
const { store, updater, supply } = updates.value;
const before = await store.loadActive(base);
if (!before.ok) throw new Error(before.failure.message);
const { loaded } = before.value;
const outcome = await updater.update({
  base,
  activeDigest: loaded.digest,
  signal: new AbortController().signal,
  onProgress: () => undefined,
});
if (!outcome.ok) throw new Error(outcome.failure.message);
const { plan } = outcome.value.kind === 'updated' ? outcome.value.loaded : loaded;
supply.prefetch(plan.plugins);
await supply.whenIdle();
const packages: string[] = [];
for (const entry of plan.plugins) {
  const signal = new AbortController().signal;
  const found = await supply.get(entry, { signal, onProgress: () => undefined });
  if (!found.ok) throw new Error(found.failure.message);
  packages.push(found.value);
}
await supply.dispose();
const done: UpdateDone = { places, revision: plan.general.revision, packages };
process.stdout.write(JSON.stringify(done));
