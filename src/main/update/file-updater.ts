import type { CheckedCore } from '#shared';
import type { Timer } from '../clock.ts';
import { checkPlan } from '../plan/check.ts';
import type { FilesPort } from '../state/files-port.ts';
import type { HomePaths } from '../state/home.ts';
import { createLocalSource } from './local-source.ts';
import { createProcessReader } from './read-in-process.ts';
import type { CheckCandidate } from './plan-source-port.ts';
import { createPlanStore, type PlanStore } from './plan-store.ts';
import type { Updater } from './update-port.ts';
import { createUpdater } from './updater.ts';

/** The updater of a device, and the plans it has accepted. */
export interface DeviceUpdates {
  readonly updater: Updater;
  readonly store: PlanStore;
}

/** Joins the updater's parts: real sources, the real checker, and a store in the home folder. */
export function createFileUpdater(options: {
  readonly files: FilesPort;
  readonly paths: Pick<HomePaths, 'plans' | 'accepted'>;
  readonly core: CheckedCore;
  readonly clock: Timer;
  /** Folder of the base plan, from which a relative `update_path_root` is taken. */
  readonly baseFolder: string;
}): DeviceUpdates {
  const { files, paths, core, clock, baseFolder } = options;
  const check: CheckCandidate = (bytes, file) => checkPlan({ file, bytes, core });
  const store = createPlanStore({ files, paths, check });
  const local = createLocalSource({ baseFolder, read: createProcessReader() });
  return { store, updater: createUpdater({ sources: { local }, check, store, clock }) };
}
