import { readFile } from 'node:fs/promises';
import { ok, type CheckedCore, type Result } from '#shared';
import { systemClock, type Clock } from '../clock.ts';
import type { DeviceConfig } from '../config/device-config.ts';
import { checkPlan } from '../plan/check.ts';
import type { UnpackFiles } from '../plugins/archive/unpack-files.ts';
import { createPluginSupply } from '../plugins/supply/create-plugin-supply.ts';
import type { PluginSupply } from '../plugins/supply/plugin-supply.ts';
import type { FilesPort } from '../state/files-port.ts';
import type { HomePaths } from '../state/home.ts';
import type { CheckCandidate } from './check-candidate.ts';
import { planFolder, pluginPlace } from './plan-repository.ts';
import { createPlanSource } from './plan-source.ts';
import { createPlanStore, type PlanStore } from './plan-store.ts';
import { createFetcher } from './sources/fetcher.ts';
import type { Fetcher } from './sources/fetcher-port.ts';
import { createNodeReaderLauncher } from './sources/file-reader-launcher.ts';
import type { ReaderLauncher } from './sources/file-reader.ts';
import { createFileSource } from './sources/file-source.ts';
import { createHttpsSource } from './sources/https-source.ts';
import type { PlaceContext } from './sources/resolve-place.ts';
import { parseS3Address } from './sources/s3-address.ts';
import { createS3Source } from './sources/s3-source.ts';
import { createPlanTrust } from './trust/plan-trust.ts';
import { loadTrustRoot } from './trust/load-trust-root.ts';
import type { PlanTrust } from './trust/trust-port.ts';
import type { LoadedPlan, Updater } from './update-port.ts';
import { createUpdater } from './updater.ts';

/** Said where a device has no root of trust (plan contract, section 7, Trust). */
export const UNSIGNED_PLANS =
  'Plans are unsigned: this device has no root of trust, and takes any plan from its source.';

/** How a device gets newer plans and their plugins, and what it has accepted. */
export interface DeviceUpdates {
  readonly updater: Updater;
  readonly store: PlanStore;
  readonly supply: PluginSupply;
  /** Absent where plans are unsigned. */
  readonly trust: PlanTrust | undefined;
  /** Loads the libraries that the first request will need, before anybody waits for them. */
  prepare(): Promise<void>;
}

export interface DeviceUpdatesOptions {
  readonly files: FilesPort;
  readonly paths: Pick<
    HomePaths,
    'plans' | 'accepted' | 'pluginCache' | 'downloads' | 'trustedMetadata'
  >;
  readonly config: DeviceConfig;
  readonly core: CheckedCore;
  readonly base: LoadedPlan;
  /** Folder of the base plan's file, from which a relative `update_path_root` is taken. */
  readonly baseFolder: string;
  /** The earliest that it can be now, in Unix milliseconds: when the app was built. */
  readonly buildTime: number;
  /** How files of folders and shares are read; plain Node by default. */
  readonly readerLauncher?: ReaderLauncher | undefined;
  /** Where plugins are unpacked through. */
  readonly unpackFiles?: UnpackFiles | undefined;
}

/**
 * Joins the parts: real sources under the device's limits, the real checker, trust where the device
 * has a root of it, and stores in the home folder. Fails with `device/bad-config` for a root of trust
 * or certificates that cannot be read.
 */
export async function createDeviceUpdates(
  options: DeviceUpdatesOptions,
): Promise<Result<DeviceUpdates>> {
  const { files, paths, config, core, base, buildTime } = options;
  // Transfers are in real time, whatever the clock of a session is.
  const clock: Clock = systemClock;
  const fetcher = await deviceFetcher(options, clock);
  const trust = await deviceTrust({ files, paths, config, fetcher, clock, buildTime });
  if (!trust.ok) return trust;
  const check: CheckCandidate = (bytes, file) => checkPlan({ file, bytes, core });
  const store = createPlanStore({
    files,
    paths,
    check,
    needsSignature: trust.value !== undefined,
  });
  const context: PlaceContext = {
    baseFolder: options.baseFolder,
    mounts: config.unc.mounts,
    platform: process.platform,
    parseS3: parseS3Address,
  };
  const folder = planFolder(base.plan.general, context);
  return ok({
    store,
    trust: trust.value,
    prepare: async () => {
      if (base.plan.general.update_from === 's3') await import('@aws-sdk/client-s3');
    },
    updater: createUpdater({
      source: createPlanSource({ fetcher, folder, trust: trust.value }),
      check,
      store,
      clock,
      budgetMs: config.update.budget_seconds * 1000,
    }),
    supply: createPluginSupply({
      fetcher,
      placeOf: (entry) => pluginPlace(entry, { ...context, planFolder: folder }),
      needsPin: trust.value !== undefined,
      cacheFolder: paths.pluginCache,
      downloadsFolder: paths.downloads,
      parallel: config.transfer.parallel,
      files,
      unpackFiles: options.unpackFiles,
    }),
  });
}

async function deviceFetcher(
  { config, readerLauncher = createNodeReaderLauncher() }: DeviceUpdatesOptions,
  clock: Clock,
): Promise<Fetcher> {
  const { transfer, s3 } = config;
  const { ca_file } = config.https;
  // It was checked when the configuration was read; gone since then, only its servers fail.
  const ca =
    ca_file === undefined ? undefined : await readFile(ca_file, 'utf8').catch(() => undefined);
  const authorities = ca === undefined ? {} : { ca };
  return createFetcher({
    sources: {
      file: createFileSource({ launcher: readerLauncher }),
      s3: createS3Source({ s3, ...authorities }),
      https: createHttpsSource({ ...authorities, connectMs: transfer.connect_seconds * 1000 }),
    },
    limits: {
      connectMs: transfer.connect_seconds * 1000,
      stallMs: transfer.stall_seconds * 1000,
      totalMs: transfer.total_seconds * 1000,
      retries: transfer.retries,
    },
    clock,
    random: Math.random,
  });
}

async function deviceTrust(options: {
  readonly files: FilesPort;
  readonly paths: Pick<HomePaths, 'trustedMetadata'>;
  readonly config: DeviceConfig;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  readonly buildTime: number;
}): Promise<Result<PlanTrust | undefined>> {
  const { files, paths, config, fetcher, clock, buildTime } = options;
  if (config.trust.root === undefined) return ok(undefined);
  const root = await loadTrustRoot(files, config.trust.root);
  if (!root.ok) return root;
  const path = paths.trustedMetadata;
  return ok(createPlanTrust({ root: root.value, fetcher, files, path, clock, buildTime }));
}
