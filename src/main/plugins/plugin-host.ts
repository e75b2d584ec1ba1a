import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Failure, type PluginEntry, type Result, type WorkProgress } from '#shared';
import { findPlugin } from './find-plugin.ts';
import { profileFor, type LaunchProfile } from './isolation/launch-profile.ts';
import type { PluginLauncher } from './launcher.ts';
import { makeDataFolder } from './data-folder.ts';
import { createLeftovers } from './leftovers.ts';
import { DEFAULT_LIMITS, type PluginLimits } from './limits.ts';
import { readPackage, type PluginPackage } from './manifest.ts';
import { createNameLock } from './name-lock.ts';
import { createNodeLauncher } from './node-launcher.ts';
import type { OpenPlugin, PluginHost, PluginStart } from './plugin-port.ts';
import { createProcessSupply } from './process-supply.ts';
import { createRegistry, type PluginRegistry } from './registry.ts';
import { RunningPlugin } from './running-plugin.ts';
import { commandMark } from './steps/command-mark.ts';
import { openStorageFile } from './storage/storage-file.ts';
import type { PluginSupply } from './supply/plugin-supply.ts';
import { systemClock, type Timer } from '../clock.ts';
import { SYSTEM_FILE } from '../config/load-device-config.ts';
import { resourcesFolder } from '../resources.ts';
import { nodeFiles } from '../state/node-files.ts';
import { cleanCache, unpackPlugin } from './unpack.ts';

/** What the host of plugins stands on. Folders are absolute; all but the first are made when needed. */
export interface PluginHostOptions {
  readonly pluginsFolder: string;
  /** Unpacked archives, by digest. */
  readonly cacheFolder: string;
  /** A JSON file per plugin that stores something. */
  readonly storageFolder: string;
  /** A folder per plugin whose manifest asks for one. It stays when the plugin is updated. */
  readonly dataFolder: string;
  /** Closed to `permissions.files`, as the app, its state and all plugins always are: the root of trust. */
  readonly closedFolders?: readonly string[];
  readonly launcher?: PluginLauncher;
  readonly timer?: Timer;
  readonly limits?: Partial<PluginLimits>;
  /** Fetches plugins that do not come with the device; without one, only those that do can be had. */
  readonly supply?: PluginSupply | undefined;
  /** Keep a blank process warm, so that a plugin starts within a few milliseconds? */
  readonly spare?: boolean;
}

/** The host that runs real processes, and what it has loaded. */
export interface ProcessPluginHost extends PluginHost {
  readonly registry: PluginRegistry;
  /** Resolves when the spare process waits for a plugin; at once where there is none. */
  whenWarm(): Promise<void>;
}

/** Makes a host: finds plugins by their plan entry, runs each in a process of its own. */
export function createPluginHost(options: PluginHostOptions): ProcessPluginHost {
  const timer = options.timer ?? systemClock;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const launcher = options.launcher ?? createNodeLauncher({ owner: options.cacheFolder });
  const leftovers = createLeftovers(options.cacheFolder);
  const plain = plainProfile(options);
  const home = homeOf(options);
  const closed = closedTo(options);
  const supply = createProcessSupply({
    launcher,
    plain,
    timer,
    spare: options.spare ?? false,
    onLaunch: (process) => leftovers.note(process),
  });
  const registry = createRegistry();
  const lock = createNameLock();
  /** Who started each plugin last, by its name. */
  const users = new Map<string, PluginStart>();
  /** Every process that may still live, for `dispose`. */
  const up = new Set<RunningPlugin>();
  const cleaned = Promise.all([cleanCache(options.cacheFolder), leftovers.end()]);
  let isClosed = false;
  /** A call of its own, because the compiler takes what was false for what stays so. */
  const isOver = (): boolean => isClosed;
  supply.refill('now');

  async function open(entry: PluginEntry, start: PluginStart): Promise<Result<OpenPlugin>> {
    const before = registry.byName(entry.name)?.plugin;
    if (start.ifFree === true && before?.isUp === true) return fail(atWork(entry.name));
    if (start.ifFree !== true) users.get(entry.name)?.onTaken?.();
    users.set(entry.name, start);
    // A retry opens the same plugin again; two processes of one plugin would share its storage.
    await before?.stop();
    await cleaned;
    const found = await findPackage(options, entry, start);
    if (!found.ok) return fail(named(entry.name, found.failure));
    warnOfVersion(entry, found.value, start);
    const data = await makeDataFolder(options.dataFolder, entry.name, found.value);
    if (!data.ok) return fail(named(entry.name, data.failure));
    const dataFolder = data.value;
    const access = await profileFor({ package: found.value, plain, home, closed, dataFolder });
    for (const refusal of access.refused) start.onLog('warn', refusal);
    if (isOver() || start.signal.aborted) return fail(cancelled(entry.name));
    const connection = await supply.take(access.profile);
    if (isOver()) {
      connection.process.kill('SIGKILL');
      await connection.ended;
      return fail(cancelled(entry.name));
    }

    const plugin = new RunningPlugin({
      name: entry.name,
      package: found.value,
      storage: openStorageFile({
        files: nodeFiles,
        file: path.join(options.storageFolder, `${entry.name}.json`),
        warn: (text) => start.onLog('warn', text),
      }),
      dataFolder,
      commandMark: commandMark(options.cacheFolder, connection.process.pid),
      connection,
      limits,
      timer,
    });
    up.add(plugin);
    void plugin.ended.then(() => up.delete(plugin));
    const started = await plugin.start(start);
    supply.refill('soon');
    if (!started.ok) return started;
    registry.set({ entry, package: found.value, plugin });
    return ok(plugin);
  }

  return {
    registry,
    whenWarm: () => supply.whenWarm(),
    open: (entry, start) => lock.run(entry.name, () => open(entry, start)),
    async dispose() {
      isClosed = true;
      await Promise.all([supply.dispose(), ...[...up].map((plugin) => plugin.stop())]);
    },
  };
}

/** The app's state is beside what plugins store: one folder holds both. */
function homeOf(options: PluginHostOptions): string {
  return path.dirname(options.storageFolder);
}

/** What a plugin that may write there could take the app, or another plugin, over with. */
function closedTo(options: PluginHostOptions): readonly string[] {
  const { pluginsFolder, cacheFolder, closedFolders = [] } = options;
  const app = path.dirname(resourcesFolder());
  return [app, pluginsFolder, cacheFolder, path.dirname(SYSTEM_FILE), ...closedFolders];
}

/** What a plugin that declares nothing may reach: packages, its own and those of others. */
function plainProfile(options: PluginHostOptions): LaunchProfile {
  const folders = [options.pluginsFolder, options.cacheFolder];
  return {
    // One that is not there yet: what comes to be in it is shown to its own process only.
    packages: folders.flatMap(realFolder),
    files: [],
    network: false,
    commands: false,
    hidden: realFolder(homeOf(options)),
  };
}

/** With links followed, as a sandbox wants it; none where there is no such folder. */
function realFolder(folder: string): readonly string[] {
  try {
    return [realpathSync(folder)];
  } catch {
    return [];
  }
}

/**
 * Finds a plugin's package by the rules of the plan contract, section 6: one that comes with the
 * device in the plugins folder, any other by the supply. A pinned local plugin is looked for in both,
 * since a newer plan may want another version than the device came with.
 */
async function findPackage(
  options: PluginHostOptions,
  entry: PluginEntry,
  start: PluginStart,
): Promise<Result<PluginPackage>> {
  const here = entry.plugin_location_type === 'local' ? await findHere(options, entry) : undefined;
  if (here?.ok === true) return here;
  const { supply } = options;
  if (supply === undefined || (here !== undefined && entry.sha256 === undefined)) {
    return here ?? fail(noSupply(entry));
  }
  const onProgress = (work: WorkProgress): void =>
    start.onProgress?.({ ...work, doing: 'fetching' });
  const fetched = await supply.get(entry, {
    signal: start.signal,
    isOffline: !start.device.online,
    onProgress,
  });
  if (fetched.ok) return readPackage(fetched.value);
  // What is wrong with the device's own one is what whoever put it there can mend.
  return here === undefined ? fetched : fail({ ...fetched.failure, hint: here.failure.message });
}

async function findHere(
  options: PluginHostOptions,
  entry: PluginEntry,
): Promise<Result<PluginPackage>> {
  const found = await findPlugin(options.pluginsFolder, entry);
  if (!found.ok) return found;
  if (found.value.kind === 'package') {
    return entry.sha256 === undefined
      ? readPackage(found.value.path)
      : fail(notPinned(found.value.path));
  }
  const unpacked = await unpackPlugin({
    archive: found.value.path,
    cacheFolder: options.cacheFolder,
    ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }),
  });
  return unpacked.ok ? readPackage(unpacked.value) : unpacked;
}

function noSupply(entry: PluginEntry): Failure {
  return {
    code: 'plugin/unreachable',
    message: `it is to come from "${entry.plugin_location_type}", and nothing is fetched in this run`,
  };
}

/** A pin says which archive is trusted; a folder beside it must not slip in untested. */
function notPinned(path: string): Failure {
  return {
    code: 'plugin/wrong-digest',
    message: `the plan pins an archive by its digest, but ${path} is a folder`,
    hint: 'Put the archive that npm pack makes there, or take sha256 out of the plan.',
  };
}

function warnOfVersion(entry: PluginEntry, found: PluginPackage, start: PluginStart): void {
  if (found.version === entry.version) return;
  start.onLog(
    'warn',
    `the plan names version ${entry.version}, but the package is version ${found.version}`,
  );
}

function named(name: string, failure: Failure): Failure {
  const message = failure.message.startsWith(`Plugin "${name}"`)
    ? failure.message
    : `Plugin "${name}": ${failure.message}`;
  return { ...failure, message };
}

function atWork(name: string): Failure {
  return { code: 'execution/not-now', message: `The plugin "${name}" is at work already.` };
}

function cancelled(name: string): Failure {
  return { code: 'plugin/cancelled', message: `The start of plugin "${name}" was called off.` };
}
