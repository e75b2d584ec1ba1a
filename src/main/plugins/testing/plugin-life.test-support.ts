import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeviceInfo, ExecutionEvent, ExecutionView, JsonObject } from '#shared';
import { openDeviceExecutions } from '../../device-executions.ts';
import type { OpenEngine } from '../../execution/engine/create-engine.ts';
import { createPluginRunner, type PluginRunner } from '../../plugin-runner.ts';
import { homePaths, type HomePaths } from '../../state/home.ts';
import { createPluginHost, type ProcessPluginHost } from '../plugin-host.ts';
import { planEntry } from '../plugin-rig.test-support.ts';

/** The plugins that come with the app. */
export const SAMPLES = fileURLToPath(new URL('../../../../plugins', import.meta.url));

/** What a life of the app is begun with. */
export interface LifeOptions {
  /** Folder of the home: what one life leaves there, the next one finds. */
  readonly home: string;
  readonly pluginsFolder?: string;
  /** Nobody is asked: questions get their default. */
  readonly headless?: boolean;
  /** Executions of the API go on when they are revived. Default `cli`. */
  readonly owner?: 'api' | 'cli';
}

/** A plugin to run, and what hears of it. */
interface RunOptions {
  readonly answers?: JsonObject;
  readonly from?: string;
  readonly onEvent?: (event: ExecutionEvent) => void;
}

/** As much of an app as runs plugins apart from a setup: the real engine, journal and processes. */
export interface PluginLife extends AsyncDisposable {
  readonly home: HomePaths;
  readonly engine: OpenEngine;
  readonly plugins: ProcessPluginHost;
  readonly runner: PluginRunner;
  readonly logs: readonly string[];
  /** Begins a plugin's work, or goes on with it, and gives the id of its execution. */
  begin(plugin: string, options?: RunOptions): Promise<string>;
  /** To its end. */
  run(plugin: string, options?: RunOptions): Promise<ExecutionView>;
}

const DEVICE: DeviceInfo = {
  productFamily: 'test',
  language: 'en',
  region: 'US',
  online: true,
  appVersion: '0.0.0',
  deviceId: 'a-device',
};

/** Opens everything on a home. */
export async function openLife(options: LifeOptions): Promise<PluginLife> {
  const home = homePaths(options.home);
  const logs: string[] = [];
  const note = (level: string, text: string): void => void logs.push(`${level} ${text}`);
  const { owner = 'cli' } = options;
  const opened = await openDeviceExecutions({
    home,
    onLog: note,
    revive: () => (header) => runner.revive(header),
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { engine, works } = opened.value;
  const plugins = createPluginHost({
    pluginsFolder: options.pluginsFolder ?? SAMPLES,
    cacheFolder: home.pluginCache,
    storageFolder: home.pluginStorage,
    dataFolder: home.pluginData,
  });
  const runner = createPluginRunner({
    engine,
    plugins,
    works,
    entryOf: (plugin) => planEntry(plugin),
    device: () => DEVICE,
    owner,
    headless: options.headless ?? false,
    onLog: (_plugin, level, text) => note(level, text),
  });

  async function begin(plugin: string, run: RunOptions = {}): Promise<string> {
    const { answers, from, onEvent } = run;
    const begun = await runner.start({ plugin, answers, from }, { who: 'cli' });
    if (!begun.ok) throw new Error(begun.failure.message);
    const { executionId } = begun.value;
    if (onEvent !== undefined) engine.subscribe(executionId, undefined, onEvent);
    return executionId;
  }

  return {
    home,
    engine,
    plugins,
    runner,
    logs,
    begin,
    run: async (plugin, run) => engine.whenEnded(await begin(plugin, run)),
    async [Symbol.asyncDispose]() {
      await engine.dispose();
      await plugins.dispose();
    },
  };
}

/** Where a plugin keeps its files in a home. */
export function dataFolderOf(home: string, plugin: string): string {
  return path.join(homePaths(home).pluginData, plugin);
}
