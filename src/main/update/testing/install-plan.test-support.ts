import { nodeFiles } from '../../state/node-files.ts';
import { hookedFiles } from '../../state/testing/hooked-files.test-support.ts';
import { createPlanStore } from '../plan-store.ts';
import type { LoadedPlan } from '../update-port.ts';

/** What this process is to do, as its one argument. */
export interface InstallJob {
  readonly paths: { readonly plans: string; readonly accepted: string };
  readonly plan: LoadedPlan;
  readonly base: LoadedPlan;
  /** At which place of the work it kills itself, from 1. */
  readonly killAt: number;
}

// Run as a process of its own: accepts a plan on real files and dies in the middle, or says "done".
const job = JSON.parse(process.argv[2] ?? '') as InstallJob;
let place = 0;
const files = hookedFiles(nodeFiles, () => {
  place += 1;
  if (place === job.killAt) process.kill(process.pid, 'SIGKILL');
});
const store = createPlanStore({
  files,
  paths: job.paths,
  check: () => Promise.reject(new Error('accepting a plan checks nothing')),
});
const accepted = await store.accept({ loaded: job.plan, base: job.base, isSigned: false });
process.stdout.write(accepted.ok ? 'done' : accepted.failure.message);
