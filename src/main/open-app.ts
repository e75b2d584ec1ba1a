import { randomUUID } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import {
  DEFAULT_PREFERENCES,
  fail,
  ok,
  type CheckedCore,
  type Diagnostic,
  type Failure,
  type Result,
} from '#shared';
import { appVersion } from './app-version.ts';
import { systemClock } from './clock.ts';
import { createSimulatedNetwork } from './device/simulated-network.ts';
import { createSimulatedProvisioning } from './device/simulated-provisioning.ts';
import { systemFacts } from './device/system-facts.ts';
import { checkCore, checkPlan } from './plan/check.ts';
import type { PluginLauncher } from './plugins/launcher.ts';
import { createPluginHost } from './plugins/plugin-host.ts';
import { resourcesFolder } from './resources.ts';
import { createBrokenRuntime, createRuntime, type Runtime } from './runtime.ts';
import { evaluateFlags } from './update/rollout.ts';
import type { ShellOptions } from './shell-options.ts';
import { loadDeviceRecord } from './state/device-record.ts';
import type { FilesPort } from './state/files-port.ts';
import type { HomePaths } from './state/home.ts';
import { openLogFile } from './state/log-file.ts';
import { readPlanFile } from './state/plan-file.ts';
import { createFileUpdater } from './update/file-updater.ts';
import type { LoadedPlan } from './update/update-port.ts';

export interface OpenAppOptions {
  readonly options: ShellOptions;
  readonly files: FilesPort;
  /** Taken already: nobody else may use it while the app runs. */
  readonly home: HomePaths;
  /** How plugin processes are started; plain Node by default. */
  readonly launcher?: PluginLauncher;
}

/** A plan or core sequence with errors, and whether the person named it on the command line. */
interface BadFile {
  readonly failure: Failure;
  readonly isNamed: boolean;
}

/**
 * Builds the ports that both shells share, and starts the runtime on them. A file that was named on
 * the command line and has errors is a failure; one that the app was shipped with is a runtime that
 * shows the stop screen, since there is nobody at a device who reads a terminal.
 */
export async function openApp(request: OpenAppOptions): Promise<Result<Runtime>> {
  const { options, files, home } = request;
  const pluginsFolder = resolve(options.plugins ?? join(appFolder(), 'plugins'));
  const plugins = createPluginHost({
    pluginsFolder,
    cacheFolder: home.pluginCache,
    storageFolder: home.pluginStorage,
    spare: true,
    ...(request.launcher === undefined ? {} : { launcher: request.launcher }),
  });
  const loaded = await loadFiles(options);
  if ('failure' in loaded) {
    if (!loaded.isNamed) return ok(createBrokenRuntime(loaded.failure, plugins.registry));
    await plugins.dispose();
    return fail(loaded.failure);
  }
  const { core, base, planFile } = loaded;
  const baseFolder = dirname(planFile);
  const updates = createFileUpdater({ files, paths: home, core, clock: systemClock, baseFolder });
  const [active, device] = await Promise.all([
    updates.store.loadActive(base),
    loadDeviceRecord(files, home.device),
  ]);
  if (!active.ok || !device.ok) {
    await plugins.dispose();
    return active.ok ? (device as Extract<typeof device, { ok: false }>) : active;
  }
  const { timeZone, ...place } = systemFacts();
  return createRuntime({
    files,
    home,
    core,
    base,
    active: active.value.loaded,
    plugins,
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
    updater: updates.updater,
    evaluateFlags,
    failures: options.failures,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    deviceId: device.value.deviceId,
    appVersion: appVersion(),
    timeZone,
    preferences: { ...DEFAULT_PREFERENCES, ...place },
    fresh: options.fresh,
    notices: active.value.notice === undefined ? [] : [active.value.notice],
    writeLog: openLogFile(home.log),
  });
}

/** Long enough for a person to read what the simulated device is doing. */
const PROVISION_STEP_MS = 400;

interface AppFiles {
  readonly core: CheckedCore;
  readonly base: LoadedPlan;
  readonly planFile: string;
}

async function loadFiles(options: ShellOptions): Promise<AppFiles | BadFile> {
  const coreFile = resolve(options.core ?? join(resourcesFolder(), 'core.toml'));
  const planFile = resolve(options.plan ?? join(resourcesFolder(), 'execution_plan.toml'));
  const readCore = await readPlanFile(coreFile);
  const checkedCore = readCore.ok
    ? await checkCore({ file: coreFile, bytes: readCore.bytes })
    : { diagnostics: [readCore.diagnostic], core: undefined };
  const { core } = checkedCore;
  if (core === undefined)
    return badFile(coreFile, checkedCore.diagnostics, options.core !== undefined);

  const read = await readPlanFile(planFile);
  const checked = read.ok
    ? await checkPlan({ file: planFile, bytes: read.bytes, core })
    : { diagnostics: [read.diagnostic], plan: undefined, text: undefined };
  const { plan, text } = checked;
  if (plan === undefined || text === undefined || !read.ok)
    return badFile(planFile, checked.diagnostics, options.plan !== undefined);
  return { core, planFile, base: { plan, text, digest: read.digest, source: 'base' } };
}

/** The first error in one line, and how to see the others. */
function badFile(file: string, diagnostics: readonly Diagnostic[], isNamed: boolean): BadFile {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const where = first === undefined ? file : `${file}:${first.line}:${first.column}`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return {
    isNamed,
    failure: {
      code: 'shell/no-plan',
      message: `${where}: ${first?.message ?? 'it cannot be used'}${more}.`,
      hint: `See: npx firstlight plan check ${file}`,
    },
  };
}

/** The folder that holds the app: resources, plugins, package.json. */
function appFolder(): string {
  return dirname(resourcesFolder());
}
