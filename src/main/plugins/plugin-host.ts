import path from 'node:path';
import { fail, ok, type Failure, type PluginEntry, type Result } from '#shared';
import { findPlugin } from './find-plugin.ts';
import type { PluginLauncher } from './launcher.ts';
import { createLeftovers } from './leftovers.ts';
import { DEFAULT_LIMITS, type PluginLimits } from './limits.ts';
import { readPackage, type PluginPackage } from './manifest.ts';
import { createNameLock } from './name-lock.ts';
import { createNodeLauncher } from './node-launcher.ts';
import type { OpenPlugin, PluginHost, PluginStart } from './plugin-port.ts';
import { createProcessSupply } from './process-supply.ts';
import { createRegistry, type PluginRegistry } from './registry.ts';
import { RunningPlugin } from './running-plugin.ts';
import { systemClock, type Timer } from '../clock.ts';
import { cleanCache, unpackPlugin } from './unpack.ts';

/** What the host of plugins stands on. Folders are absolute; the last two are made when needed. */
export interface PluginHostOptions {
  readonly pluginsFolder: string;
  /** Unpacked archives, by digest. */
  readonly cacheFolder: string;
  /** A JSON file per plugin that stores something. */
  readonly storageFolder: string;
  readonly launcher?: PluginLauncher;
  readonly timer?: Timer;
  readonly limits?: Partial<PluginLimits>;
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
  const supply = createProcessSupply({
    launcher,
    timer,
    spare: options.spare ?? false,
    onLaunch: (process) => leftovers.note(process),
  });
  const registry = createRegistry();
  const lock = createNameLock();
  /** Every process that may still live, for `dispose`. */
  const up = new Set<RunningPlugin>();
  const cleaned = Promise.all([cleanCache(options.cacheFolder), leftovers.end()]);
  let isClosed = false;
  supply.refill('now');

  async function open(entry: PluginEntry, start: PluginStart): Promise<Result<OpenPlugin>> {
    // A retry opens the same plugin again; two processes of one plugin would share its storage.
    await registry.byName(entry.name)?.plugin.stop();
    await cleaned;
    const found = await findPackage(options, entry);
    if (!found.ok) return fail(named(entry.name, found.failure));
    warnOfVersion(entry, found.value, start);
    if (isClosed || start.signal.aborted) return fail(cancelled(entry.name));

    const plugin = new RunningPlugin({
      name: entry.name,
      package: found.value,
      storageFile: path.join(options.storageFolder, `${entry.name}.json`),
      connection: supply.take(),
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

async function findPackage(
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

function cancelled(name: string): Failure {
  return { code: 'plugin/cancelled', message: `The start of plugin "${name}" was called off.` };
}
