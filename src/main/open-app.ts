import { randomUUID } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_PREFERENCES, fail, ok, type Failure, type LogLevel, type Result } from '#shared';
import { appVersion } from './app-version.ts';
import { systemClock } from './clock.ts';
import { createSimulatedNetwork } from './device/simulated-network.ts';
import { createSimulatedProvisioning } from './device/simulated-provisioning.ts';
import { systemFacts } from './device/system-facts.ts';
import { loadAppFiles, type AppFiles } from './load-app-files.ts';
import type { PluginLauncher } from './plugins/launcher.ts';
import { createPluginHost } from './plugins/plugin-host.ts';
import { pruneCache } from './plugins/supply/prune-cache.ts';
import { createRegistry } from './plugins/registry.ts';
import type { DeviceConfig } from './config/device-config.ts';
import { resourcesFolder } from './resources.ts';
import { createBrokenRuntime, createRuntime, type Runtime } from './runtime.ts';
import { buildTime } from './build-time.ts';
import { readDeviceConfig } from './config/read-device-config.ts';
import { failureLine, type ShellOptions } from './shell-options.ts';
import { loadDeviceRecord } from './state/device-record.ts';
import type { FilesPort } from './state/files-port.ts';
import type { HomePaths } from './state/home.ts';
import { openSetupExecutions } from './setup-executions.ts';
import { openLogFile } from './state/log-file.ts';
import { bootId } from './state/boot-id.ts';
import { createDeviceUpdates, UNSIGNED_PLANS } from './update/device-updates.ts';
import { createPlanTrial, judgeLastRun } from './update/plan-trial.ts';
import { createRollouts } from './update/rollouts/rollouts.ts';
import type { ReaderLauncher } from './update/sources/file-reader.ts';
import type { PlanStore } from './update/plan-store.ts';
import type { LoadedPlan } from './update/update-port.ts';

export interface OpenAppOptions {
  readonly options: ShellOptions;
  readonly files: FilesPort;
  /** Taken already: nobody else may use it while the app runs. */
  readonly home: HomePaths;
  /** One line for whoever started the app from a terminal. */
  readonly say: (line: string) => void;
  /** How plugin processes are started; plain Node by default. */
  readonly launcher?: PluginLauncher;
  /** How processes that read folders and shares are started; plain Node by default. */
  readonly readerLauncher?: ReaderLauncher;
  /** Is the control API served where the device's configuration does not say? Default false. */
  readonly apiByDefault?: boolean;
}

/**
 * Builds the ports that both shells share, and starts the runtime on them. A file that was named on
 * the command line and has errors is a failure; one that the app was shipped with is a runtime that
 * shows the stop screen, since there is nobody at a device who reads a terminal.
 */
export async function openApp(request: OpenAppOptions): Promise<Result<Runtime>> {
  const { options } = request;
  const loaded = await loadAppFiles(options);
  if ('failure' in loaded) {
    return loaded.isNamed ? fail(loaded.failure) : broken(request, loaded.failure);
  }
  const config = await readDeviceConfig(options, process.env);
  // A device that does not know whom to trust must not go on as if it trusted everybody.
  if (!config.ok) {
    if (options.deviceConfig !== undefined || options.trust !== undefined) return config;
    return broken(request, config.failure);
  }
  return openDevice(request, loaded, config.value);
}

/** The stop screen says it; so does the terminal, where there is one. */
function broken({ say }: OpenAppOptions, failure: Failure): Result<Runtime> {
  say(failureLine(failure));
  return ok(createBrokenRuntime(failure, createRegistry()));
}

async function openDevice(
  request: OpenAppOptions,
  { core, base, planFile }: AppFiles,
  config: DeviceConfig,
): Promise<Result<Runtime>> {
  const { options, files, home } = request;
  const updates = await createDeviceUpdates({
    files,
    paths: home,
    config,
    core,
    base,
    baseFolder: dirname(planFile),
    buildTime: buildTime(),
    readerLauncher: request.readerLauncher,
  });
  if (!updates.ok) {
    return options.trust === undefined ? broken(request, updates.failure) : updates;
  }
  const { store, updater, supply, trust } = updates.value;
  const mark = { store, base, mark: home.acting, bootId: bootId() };
  const [choice, device] = await Promise.all([
    judgeLastRun(mark),
    loadDeviceRecord(files, home.device),
  ]);
  if (!choice.ok) return choice;
  if (!device.ok) return device;
  const { loaded: active, isOnTrial, notice, withdrawn } = choice.value;
  const plugins = createPluginHost({
    pluginsFolder: resolve(options.plugins ?? join(appFolder(), 'plugins')),
    cacheFolder: home.pluginCache,
    storageFolder: home.pluginStorage,
    dataFolder: home.pluginData,
    closedFolders: config.trust.root === undefined ? [] : [config.trust.root],
    supply,
    spare: true,
    ...(request.launcher === undefined ? {} : { launcher: request.launcher }),
  });
  const writeLog = openLogFile(home.log);
  const logged = (level: LogLevel, source: string, text: string): void => {
    const time = new Date(systemClock.now()).toISOString();
    writeLog({ time, level, source, text });
  };
  const executions = await openSetupExecutions({ home, plugins, log: logged });
  if (!executions.ok) return executions;
  const { engine, works } = executions.value;
  // Half a second of work for a small processor: while somebody reads the first screen, not while
  // somebody waits for the update.
  setTimeout(() => void updates.value.prepare(), PREPARE_MS).unref();
  void cleanCaches({ store, base, home, config });
  const warn = (text: string): void => {
    request.say(text);
    logged('warn', 'engine', text);
  };
  if (trust === undefined) warn(UNSIGNED_PLANS);
  else void trust.status().then(({ isStale }) => isStale && warn(STALE_PLANS));
  const { timeZone, ...place } = systemFacts();
  const created = await createRuntime({
    files,
    home,
    core,
    base,
    active,
    withdrawn,
    plugins,
    executions: engine,
    works,
    supply,
    trial: createPlanTrial({ ...mark, onTrial: isOnTrial ? active.digest : undefined }),
    network: createSimulatedNetwork({
      clock: systemClock,
      wired: options.wired,
      ...(options.offline ? { networks: [] } : {}),
    }),
    provisioning: createSimulatedProvisioning({
      files,
      path: home.deviceSettings,
      clock: systemClock,
      stepMs: PROVISION_STEP_MS,
    }),
    updater,
    rollouts: createRollouts({
      files,
      path: home.flags,
      channel: config.update.channel,
      now: () => systemClock.now(),
    }),
    failures: options.failures,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    deviceId: device.value.deviceId,
    appVersion: appVersion(),
    timeZone,
    preferences: { ...DEFAULT_PREFERENCES, ...place },
    fresh: options.fresh,
    notices: notice === undefined ? [] : [notice],
    writeLog,
  });
  if (!created.ok) {
    await engine.dispose();
    return created;
  }
  const { apiByDefault = false } = request;
  return executions.value.serve(created.value, { files, api: config.api, apiByDefault });
}

/** Said at start and in the log (plan contract, section 7, Trust). */
const STALE_PLANS =
  'What was verified of the plan repository is past its date; it stays in use until there is newer.';

/** By then the first screen is up, and nobody has got as far as the network. */
const PREPARE_MS = 3_000;

/** Long enough for a person to read what the simulated device is doing. */
const PROVISION_STEP_MS = 400;

/** Makes room: what no plan needs that this device could go to is not kept beyond the limit. */
async function cleanCaches(device: {
  readonly store: PlanStore;
  readonly base: LoadedPlan;
  readonly home: HomePaths;
  readonly config: DeviceConfig;
}): Promise<void> {
  const { store, base, home, config } = device;
  const plans = [base.plan, ...(await store.plansInUse())];
  await pruneCache({
    cacheFolder: home.pluginCache,
    downloadsFolder: home.downloads,
    keep: plans.flatMap(({ plugins }) => plugins),
    maxBytes: config.store.max_mib * 1024 * 1024,
    now: systemClock.now(),
  });
}

/** The folder that holds the app: resources, plugins, package.json. */
function appFolder(): string {
  return dirname(resourcesFolder());
}
