import path from 'node:path';
import { ok, type LogLevel, type Result } from '#shared';
import { appVersion } from '../../app-version.ts';
import { readDeviceConfig } from '../../config/read-device-config.ts';
import { openDeviceExecutions } from '../../device-executions.ts';
import { systemFacts } from '../../device/system-facts.ts';
import type { ExecutionEngine } from '../../execution/engine/execution-engine.ts';
import { createPluginRunner, type PluginRunner } from '../../plugin-runner.ts';
import { createPluginHost } from '../../plugins/plugin-host.ts';
import { resourcesFolder } from '../../resources.ts';
import { loadDeviceRecord } from '../../state/device-record.ts';
import type { HomePaths } from '../../state/home.ts';
import { openLogFile } from '../../state/log-file.ts';
import { nodeFiles } from '../../state/node-files.ts';
import type { Output } from '../output.ts';
import { createKeyboard, type Keyboard } from './keyboard.ts';
import { liveView } from './live-view.ts';
import { localEntry } from './local-entry.ts';
import { jsonView, plainView, type RunView } from './run-view.ts';

/** Everything that a run of one plugin stands on. */
export interface OpenRun {
  readonly engine: ExecutionEngine;
  readonly runner: PluginRunner;
  readonly view: RunView;
  /** Ends what runs, so that the next run goes on with it. */
  close(): Promise<void>;
}

/** Finds the plugin, and opens the executions of a home. */
export async function openRun(
  name: string,
  options: { readonly plugins?: string; readonly json: boolean; readonly output: Output },
  paths: HomePaths,
): Promise<Result<OpenRun>> {
  const { output, json } = options;
  const config = await readDeviceConfig({}, process.env);
  if (!config.ok) return config;
  const { root } = config.value.trust;
  const pluginsFolder = path.resolve(
    options.plugins ?? path.join(resourcesFolder(), '..', 'plugins'),
  );
  const entry = await localEntry(name, { pluginsFolder, cacheFolder: paths.pluginCache });
  if (!entry.ok) return entry;
  const record = await loadDeviceRecord(nodeFiles, paths.device);
  if (!record.ok) return record;

  let say = output.err;
  const writeLog = openLogFile(paths.log);
  const log = (source: string, level: LogLevel, text: string): void => {
    writeLog({ time: new Date().toISOString(), level, source, text });
    if (level === 'warn' || level === 'error') say(`${source}: ${text}`);
  };
  const executions = await openDeviceExecutions({
    home: paths,
    onLog: (level, text) => log('executions', level, text),
  });
  if (!executions.ok) return executions;
  const { engine, works } = executions.value;
  const plugins = createPluginHost({
    pluginsFolder,
    cacheFolder: paths.pluginCache,
    storageFolder: paths.pluginStorage,
    dataFolder: paths.pluginData,
    closedFolders: root === undefined ? [] : [root],
  });
  const keyboard = json ? undefined : terminalKeyboard();
  const view = openView(engine, { json, output, keyboard });
  // From now on it must not get into the midst of what is shown.
  say = (line) => view.say(line);
  const { language, region } = systemFacts();
  const { deviceId } = record.value;
  const runner = createPluginRunner({
    engine,
    plugins,
    works,
    entryOf: (plugin) => (plugin === name ? entry.value : undefined),
    device: () => ({
      // There is no plan that would say.
      productFamily: 'unknown',
      language,
      region,
      online: true,
      appVersion: appVersion(),
      deviceId,
    }),
    owner: 'cli',
    headless: keyboard === undefined,
    onLog: log,
  });
  return ok({
    engine,
    runner,
    view,
    async close() {
      await engine.dispose();
      await plugins.dispose();
    },
  });
}

function openView(
  engine: ExecutionEngine,
  options: {
    readonly json: boolean;
    readonly output: Output;
    readonly keyboard: Keyboard | undefined;
  },
): RunView {
  const { json, output, keyboard } = options;
  if (json) return jsonView(engine, output);
  if (!isLive()) return plainView(engine, output);
  return liveView({ engine, stdout: process.stdout, keyboard, err: output.err });
}

/** Where there is somebody to ask: the questions are shown there, and the keys come from there. */
function terminalKeyboard(): Keyboard | undefined {
  return isLive() && process.stdin.isTTY ? createKeyboard(process.stdin) : undefined;
}

/** Can lines change in place? */
function isLive(): boolean {
  return process.stdout.isTTY && process.env.TERM !== 'dumb';
}
