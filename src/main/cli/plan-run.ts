import { homedir } from 'node:os';
import path from 'node:path';
import { DEFAULT_PREFERENCES, ok, type CheckedCore, type FlowOutcome, type Result } from '#shared';
import { appVersion } from '../app-version.ts';
import { buildTime } from '../build-time.ts';
import { SimulatedClock, systemClock } from '../clock.ts';
import type { DeviceConfig } from '../config/device-config.ts';
import { readDeviceConfig } from '../config/read-device-config.ts';
import { createFixedNetwork } from '../device/fixed-network.ts';
import { createSimulatedProvisioning } from '../device/simulated-provisioning.ts';
import { systemFacts } from '../device/system-facts.ts';
import { nearestOf } from '../plan/nearest.ts';
import { failureLine } from '../shell-options.ts';
import { createPluginHost } from '../plugins/plugin-host.ts';
import { resourcesFolder } from '../resources.ts';
import { seededRandom, seededId } from '../session/seeded.ts';
import { EventHub } from '../session/event-hub.ts';
import type { HeadlessAnswers } from '../session/headless.ts';
import { keepLog } from '../session/session-log.ts';
import type { SessionPorts } from '../session/session-ports.ts';
import { beginSession } from '../session/start-session.ts';
import { loadDeviceRecord } from '../state/device-record.ts';
import { bootId } from '../state/boot-id.ts';
import { openHome, resolveHome, type Home } from '../state/home.ts';
import { openLogFile } from '../state/log-file.ts';
import { nodeFiles } from '../state/node-files.ts';
import {
  createDeviceUpdates,
  UNSIGNED_PLANS,
  type DeviceUpdates,
} from '../update/device-updates.ts';
import { createPlanTrial } from '../update/plan-trial.ts';
import { createRollouts, unkeptRollouts } from '../update/rollouts/rollouts.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import { readAnswers, type AnswersFile } from './answers-file.ts';
import { EXIT, terminalOutput, type Output } from './output.ts';
import { requirePlan } from './require-plan.ts';
import type { PlanRunOptions } from './run-options.ts';
import { openTraceOutput, type TraceOutput } from './trace-output.ts';

/** Beside those of every command: the flow was stopped. */
const EXIT_STOPPED = 3;
/** As a shell has it for a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** A simulated session always begins here, so that its trace can be compared byte by byte. */
const SIMULATED_START = Date.UTC(2000, 0, 1);

/**
 * `firstlight plan run FILE`: the real sequencer without a screen (plan contract, section 5).
 * Exit code 0 on `completed`, 3 on `stopped`, 1 on an error, 2 on wrong usage.
 */
export async function planRun(file: string, options: PlanRunOptions): Promise<number> {
  const output = terminalOutput();
  if (!options.headless && !options.simulate) {
    output.err('Say --headless to run with real plugins, or --simulate to run without any.');
    return EXIT.usage;
  }
  const required = await requirePlan(file, output);
  if (required === undefined) return EXIT.problems;
  const { plan, text, digest, core } = required;
  // The file as it is, whatever this device has accepted before.
  const loaded: LoadedPlan = { plan, text, digest, source: 'base' };
  const read = options.answers === undefined ? NO_ANSWERS : await readAnswers(options.answers);
  if (read.problem !== undefined) {
    output.err(read.problem);
    return EXIT.problems;
  }
  const { answers } = read;
  const named = options.fail.map(({ plugin }) => plugin);
  const known = [...core.plugins, ...plan.plugins].map(({ name }) => name);
  for (const name of [...answers.keys(), ...named]) warnOfUnknown(name, known, output);
  const config = await readDeviceConfig(options, process.env);
  if (!config.ok) {
    output.err(failureLine(config.failure));
    return EXIT.problems;
  }
  const home = await openRunHome(options);
  if (!home.ok) {
    output.err(failureLine(home.failure));
    return EXIT.problems;
  }
  try {
    return await run({
      file,
      options,
      output,
      core,
      loaded,
      answers,
      config: config.value,
      home: home.value,
    });
  } finally {
    home.value?.release();
  }
}

const NO_ANSWERS: AnswersFile = { answers: new Map() };

interface Run {
  readonly file: string;
  readonly options: PlanRunOptions;
  readonly output: Output;
  readonly core: CheckedCore;
  readonly loaded: LoadedPlan;
  readonly answers: HeadlessAnswers;
  readonly config: DeviceConfig;
  readonly home: Home | undefined;
}

/** A simulated run keeps nothing but what an update needs (section 5). */
async function openRunHome(options: PlanRunOptions): Promise<Result<Home | undefined>> {
  if (options.simulate && !options.update) return ok(undefined);
  const folder = resolveHome(options.home, {
    env: process.env,
    platform: process.platform,
    userFolder: homedir(),
    workingFolder: process.cwd(),
  });
  return openHome(nodeFiles, folder);
}

async function run(given: Run): Promise<number> {
  const { options, output, core, loaded, home } = given;
  const target = options.trace ?? (options.simulate ? undefined : home?.paths.trace);
  const interrupted = onInterrupt();
  let trace: TraceOutput | undefined;
  try {
    trace = target === undefined ? undefined : openTraceOutput(target, interrupted.interrupt);
  } catch (thrown) {
    output.err(`The trace cannot be written to ${target ?? ''}: ${(thrown as Error).message}`);
    return EXIT.problems;
  }
  const device = await deviceIdOf(given);
  if (!device.ok) {
    output.err(failureLine(device.failure));
    return EXIT.problems;
  }
  const updates = await openUpdates(given);
  if (!updates.ok) {
    output.err(failureLine(updates.failure));
    return EXIT.problems;
  }
  const takesUnsigned = options.update && updates.value?.trust === undefined;
  if (takesUnsigned) output.err(UNSIGNED_PLANS);
  const ports = runPorts(given, { trace, deviceId: device.value, updates: updates.value });
  if (!options.simulate && home !== undefined) {
    const writeLog = openLogFile(home.paths.log);
    keepLog(ports.hub, ports.clock, (line) => {
      writeLog(line);
      const isLoud = line.level === 'warn' || line.level === 'error';
      if (isLoud) output.err(`${line.source}: ${line.text}`);
    });
  }
  const facts = systemFacts();
  const preferences = options.simulate
    ? DEFAULT_PREFERENCES
    : { ...DEFAULT_PREFERENCES, language: facts.language, region: facts.region };
  const session = await beginSession({
    ports,
    sessionId: 'run',
    core,
    active: loaded,
    preferences,
  });
  const { clock } = ports;
  const ended =
    clock instanceof SimulatedClock ? clock.runUntil(session.finished) : session.finished;
  const outcome = await Promise.race([ended, interrupted.promise]);
  interrupted.ignore();
  await session.stop();
  await ports.supply?.dispose();
  await ports.plugins?.dispose();
  trace?.close();
  if (trace?.problem !== undefined) {
    output.err(`The trace cannot be written to ${target ?? ''}: ${trace.problem}`);
    return EXIT.problems;
  }
  return exitCodeOf(outcome);
}

function exitCodeOf(outcome: FlowOutcome | 'interrupted'): number {
  switch (outcome) {
    case 'completed':
      return EXIT.ok;
    case 'stopped':
      return EXIT_STOPPED;
    case 'interrupted':
      return EXIT_INTERRUPTED;
  }
}

interface RunParts {
  readonly trace: TraceOutput | undefined;
  readonly deviceId: string;
  readonly updates: DeviceUpdates | undefined;
}

/** Where newer plans and plugins come from; `undefined` for a run that keeps nothing. */
async function openUpdates(given: Run): Promise<Result<DeviceUpdates | undefined>> {
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

function runPorts(given: Run, { trace, deviceId, updates }: RunParts): SessionPorts {
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
async function deviceIdOf({ options, home }: Run): Promise<Result<string>> {
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
    closedFolders: config.trust.root === undefined ? [] : [config.trust.root],
  });
}

function warnOfUnknown(name: string, known: readonly string[], output: Output): void {
  if (known.includes(name)) return;
  const nearest = nearestOf(known).find(name);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  output.err(`warning: no plugin of this plan is called "${name}".${hint}`);
}

/** Ctrl-C, and whatever else asks a program to end: plugins must not outlive the run. */
function onInterrupt() {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let interrupt: () => void = () => undefined;
  const promise = new Promise<'interrupted'>((resolve) => {
    interrupt = () => resolve('interrupted');
  });
  for (const signal of signals) process.once(signal, interrupt);
  return {
    promise,
    interrupt,
    ignore: () => signals.forEach((signal) => process.off(signal, interrupt)),
  };
}
