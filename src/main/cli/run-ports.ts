import path from 'node:path';
import { ok, type CheckedCore, type LogLevel, type Result } from '#shared';
import { appVersion } from '../app-version.ts';
import { buildTime } from '../build-time.ts';
import { SimulatedClock, systemClock } from '../clock.ts';
import type { DeviceConfig } from '../config/device-config.ts';
import { openDeviceExecutions, type DeviceExecutions } from '../device-executions.ts';
import { createFixedNetwork } from '../device/fixed-network.ts';
import { createSimulatedProvisioning } from '../device/simulated-provisioning.ts';
import { systemFacts } from '../device/system-facts.ts';
import { createPluginHost } from '../plugins/plugin-host.ts';
import { resourcesFolder } from '../resources.ts';
import { EventHub } from '../session/event-hub.ts';
import type { HeadlessAnswers } from '../session/headless.ts';
import { seededId, seededRandom } from '../session/seeded.ts';
import type { SessionPorts } from '../session/session-ports.ts';
import { bootId } from '../state/boot-id.ts';
import { loadDeviceRecord } from '../state/device-record.ts';
import type { Home } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import { createDeviceUpdates, type DeviceUpdates } from '../update/device-updates.ts';
import { createPlanTrial } from '../update/plan-trial.ts';
import { createRollouts, unkeptRollouts } from '../update/rollouts/rollouts.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import type { Output } from './output.ts';
import type { PlanRunOptions } from './run-options.ts';
import type { TraceOutput } from './trace-output.ts';

/** A simulated session always begins here, so that its trace can be compared byte by byte. */
const SIMULATED_START = Date.UTC(2000, 0, 1);

/** One run without a screen, as it was asked for. */
export interface Run {
  readonly file: string;
  readonly options: PlanRunOptions;
  readonly output: Output;
  readonly core: CheckedCore;
  readonly loaded: LoadedPlan;
  readonly answers: HeadlessAnswers;
  readonly config: DeviceConfig;
  readonly home: Home | undefined;
}

/** What a run opens before its session begins. */
export interface RunParts {
  readonly trace: TraceOutput | undefined;
  readonly deviceId: string;
  readonly updates: DeviceUpdates | undefined;
  readonly executions: DeviceExecutions | undefined;
}

/** Where newer plans and plugins come from; `undefined` for a run that keeps nothing. */
export async function openUpdates(given: Run): Promise<Result<DeviceUpdates | undefined>> {
  const { file, core, loaded, home, config } = given;
  if (home === undefined) return ok(undefined);
  return createDeviceUpdates({
    files: nodeFiles,
    paths: home.paths,
    config,
    core,
    base: loaded,
    baseFolder: path.dirname(path.resolve(file)),
    buildTime: buildTime(),
  });
}

/** What does the work of plugins; `undefined` for a run that starts none. */
export async function openRunExecutions(
  { options, home }: Run,
  onLog: (level: LogLevel, text: string) => void,
): Promise<Result<DeviceExecutions | undefined>> {
  if (options.simulate || home === undefined) return ok(undefined);
  return openDeviceExecutions({ home: home.paths, onLog });
}

/** Everything of the world that the session of a run touches. */
export function runPorts(given: Run, parts: RunParts): SessionPorts {
  const { trace, deviceId, updates, executions } = parts;
  const { options, loaded, answers, home } = given;
  const { simulate } = options;
  const random = seededRandom(options.seed);
  const clock = simulate ? new SimulatedClock(SIMULATED_START) : systemClock;
  const network = createFixedNetwork({ online: !options.offline });
  return {
    hub: new EventHub(),
    clock,
    random: simulate ? random : Math.random,
    mode: { headless: true, simulated: simulate },
    plugins: simulate || home === undefined ? undefined : realPlugins(given, home, updates),
    executions: executions?.engine,
    works: executions?.works,
    supply: simulate ? undefined : updates?.supply,
    network,
    provisioning: createSimulatedProvisioning({
      files: nodeFiles,
      path: home?.paths.deviceSettings ?? '',
      clock,
    }),
    updater: options.update ? updates?.updater : undefined,
    trial: options.update ? trialOf(given, updates) : undefined,
    base: loaded,
    rollouts: rolloutsOf(given),
    journal: undefined,
    writeTrace: (record) => trace?.write(record),
    headlessAnswers: answers,
    failures: new Map(options.fail.map(({ plugin, times }) => [plugin, times ?? Infinity])),
    deviceId,
    appVersion: appVersion(),
    timeZone: systemFacts().timeZone,
  };
}

/**
 * Flags go by the device's id. A simulated device has one that its seed gives: the same in every
 * home, so that its trace can be compared, and never kept, since a real device must be one of many.
 */
export async function deviceIdOf({ options, home }: Run): Promise<Result<string>> {
  if (options.simulate || home === undefined) return ok(seededId(seededRandom(options.seed)));
  const record = await loadDeviceRecord(nodeFiles, home.paths.device);
  return record.ok ? ok(record.value.deviceId) : record;
}

/** A plan that the run takes is on trial, as on any device. */
function trialOf({ loaded, home }: Run, updates: DeviceUpdates | undefined) {
  if (updates === undefined || home === undefined) return undefined;
  const { store } = updates;
  const mark = home.paths.acting;
  return createPlanTrial({ store, base: loaded, mark, bootId: bootId(), onTrial: undefined });
}

/** A simulated run decides nothing for later: its trace is the same each time. */
function rolloutsOf({ options, home, config }: Run) {
  const { channel } = config.update;
  if (options.simulate || home === undefined) return unkeptRollouts(channel);
  const path = home.paths.flags;
  return createRollouts({ files: nodeFiles, path, channel, now: () => systemClock.now() });
}

function realPlugins({ options, config }: Run, home: Home, updates: DeviceUpdates | undefined) {
  return createPluginHost({
    supply: updates?.supply,
    pluginsFolder: path.resolve(options.plugins ?? path.join(resourcesFolder(), '..', 'plugins')),
    cacheFolder: home.paths.pluginCache,
    storageFolder: home.paths.pluginStorage,
    dataFolder: home.paths.pluginData,
    closedFolders: config.trust.root === undefined ? [] : [config.trust.root],
  });
}
