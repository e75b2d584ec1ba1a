import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { DEFAULT_PREFERENCES, ok, type FlowOutcome, type Result } from '#shared';
import { SimulatedClock } from '../clock.ts';
import { readDeviceConfig } from '../config/read-device-config.ts';
import { systemFacts } from '../device/system-facts.ts';
import { nearestOf } from '../plan/nearest.ts';
import { failureLine } from '../shell-options.ts';
import { keepLog } from '../session/session-log.ts';
import { beginSession } from '../session/start-session.ts';
import { openHome, resolveHome, type Home } from '../state/home.ts';
import { openLogFile } from '../state/log-file.ts';
import { nodeFiles } from '../state/node-files.ts';
import { UNSIGNED_PLANS } from '../update/device-updates.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import { readAnswers, type AnswersFile } from './answers-file.ts';
import { EXIT, terminalOutput, type Output } from './output.ts';
import { deviceIdOf, openRunExecutions, openUpdates, runPorts, type Run } from './run-ports.ts';
import { requirePlan } from './require-plan.ts';
import type { PlanRunOptions } from './run-options.ts';
import { openTraceOutput, type TraceOutput } from './trace-output.ts';

/** Beside those of every command: the flow was stopped. */
const EXIT_STOPPED = 3;
/** As a shell has it for a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

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
  const executions = await openRunExecutions(given, (level, text) => {
    if (level === 'warn' || level === 'error') output.err(`executions: ${text}`);
  });
  if (!executions.ok) {
    output.err(failureLine(executions.failure));
    return EXIT.problems;
  }
  const ports = runPorts(given, {
    trace,
    deviceId: device.value,
    updates: updates.value,
    executions: executions.value,
  });
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
    // Each run is a setup of its own: nothing that an earlier one left is gone on with.
    sessionId: randomUUID(),
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
  await ports.executions?.dispose();
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
