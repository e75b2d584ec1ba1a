import type { LogLevel, Result } from '#shared';
import { ok } from '#shared';
import {
  openExecutionEngine,
  type EngineOptions,
  type OpenEngine,
} from './execution/engine/create-engine.ts';
import { createExecutionLogs } from './execution/engine/execution-logs.ts';
import { commandExecutor } from './executors/command/command-executor.ts';
import { createWorkRegistry } from './executors/registry.ts';
import { createWorkPerformer, type WorkPerformer } from './executors/work-performer.ts';
import type { WorkRegistry } from './executors/work-executor.ts';
import { cleanEnvironment } from './plugins/clean-environment.ts';
import { COMMAND_MARK, commandMark } from './plugins/steps/command-mark.ts';
import { endCommands } from './plugins/steps/end-commands.ts';
import type { HomePaths } from './state/home.ts';

/** Between the polite and the forced end of a command, in milliseconds. */
const GRACE_MS = 5_000;

/** Everything of a device that runs long work. */
export interface DeviceExecutions {
  readonly engine: OpenEngine;
  readonly registry: WorkRegistry;
  /** Performs commands and the work of executors in the app itself. */
  readonly works: WorkPerformer;
}

/**
 * Opens the engine on a device's home, with the executors that the app comes with. Fails with
 * `session/locked` or `shell/read-only`.
 */
export async function openDeviceExecutions(options: {
  readonly home: HomePaths;
  readonly onLog: (level: LogLevel, text: string) => void;
  readonly revive?: (works: WorkPerformer) => EngineOptions['revive'];
}): Promise<Result<DeviceExecutions>> {
  const { home, onLog } = options;
  const registry = createWorkRegistry();
  const mark = commandMark(home.executionJournal, 'app');
  const commands = {
    cwd: home.folder,
    env: { ...cleanEnvironment(process.env), [COMMAND_MARK]: mark },
    graceMs: GRACE_MS,
  };
  registry.register(commandExecutor(commands));
  const works = createWorkPerformer({ registry, ...commands });
  const revive = options.revive?.(works);
  const opened = await openExecutionEngine({
    journalFolder: home.executionJournal,
    logs: createExecutionLogs(home.executionLogs),
    onLog,
    ...(revive === undefined ? {} : { revive }),
  });
  if (!opened.ok) return opened;
  // The journal is ours alone now: what an app that was killed has left running is nobody's.
  await endCommands(new Set([mark]));
  return ok({ engine: opened.value, registry, works });
}
