import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogLevel, PluginEntry, WorkProgress } from '#shared';
import type { Isolation } from './isolation/isolate.ts';
import { probeBubblewrap } from './isolation/probe-bubblewrap.ts';
import { createNodeLauncher } from './node-launcher.ts';
import { createPluginHost, type PluginHostOptions, type ProcessPluginHost } from './plugin-host.ts';
import type { PluginStart } from './plugin-port.ts';
import { RunningPlugin } from './running-plugin.ts';

const SAMPLES = fileURLToPath(new URL('../../../plugins', import.meta.url));

/** A plugins folder of its own, a host on it, and everything ended at the end. */
export interface PluginRig extends AsyncDisposable {
  readonly folder: string;
  /** As the host has them. */
  readonly folders: {
    readonly pluginsFolder: string;
    readonly cacheFolder: string;
    readonly storageFolder: string;
    readonly dataFolder: string;
  };
  readonly host: ProcessPluginHost;
  readonly logs: readonly string[];
  readonly progress: readonly WorkProgress[];
  readonly start: PluginStart;
  /** Puts the misbehaving sample there under `name`. */
  addMisbehaving(name: string, mode: string, permissions?: object): Promise<void>;
  /** Writes a plugin of the test's own. */
  addPlugin(name: string, files: { readonly [file: string]: string }): Promise<void>;
  /** Opens a plugin and expects it to come up. */
  open(name: string, entry?: Partial<PluginEntry>): Promise<RunningPlugin>;
}

/** The levels of isolation that this machine has, the highest first. */
export async function isolations(): Promise<readonly Isolation[]> {
  const { works } = await probeBubblewrap();
  return [...(works ? (['bubblewrap'] as const) : []), 'permission', 'none'];
}

/** Makes a rig in a temporary folder. Use it with `await using`. */
export async function pluginRig(
  options: Partial<PluginHostOptions> & { readonly isolation?: Isolation } = {},
): Promise<PluginRig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-plugins-'));
  const logs: string[] = [];
  const progress: WorkProgress[] = [];
  const folders = {
    pluginsFolder: path.join(folder, 'plugins'),
    cacheFolder: path.join(folder, 'cache'),
    storageFolder: path.join(folder, 'storage'),
    dataFolder: path.join(folder, 'plugin-data'),
  };
  await mkdir(folders.pluginsFolder);
  await mkdir(folders.cacheFolder);
  const { isolation } = options;
  const host = createPluginHost({
    ...folders,
    ...(isolation === undefined
      ? {}
      : { launcher: createNodeLauncher({ owner: folders.cacheFolder, isolation }) }),
    ...options,
  });
  const start: PluginStart = {
    event: undefined,
    device: {
      productFamily: 'test',
      language: 'en',
      region: 'US',
      online: false,
      appVersion: '0.0.0',
      deviceId: 'a-device',
    },
    signal: new AbortController().signal,
    onLog: (level: LogLevel, text) => logs.push(`${level} ${text}`),
    onProgress: (work) => progress.push(work),
  };
  return {
    folder,
    folders,
    host,
    logs,
    progress,
    start,
    async addMisbehaving(name, mode, permissions) {
      const target = path.join(folder, 'plugins', name);
      await cp(path.join(SAMPLES, 'misbehave'), target, { recursive: true });
      const file = path.join(target, 'package.json');
      const json = JSON.parse(await readFile(file, 'utf8')) as { readonly firstlight: object };
      const firstlight = { ...json.firstlight, permissions };
      await writeFile(file, JSON.stringify({ ...json, firstlight, misbehave: mode }));
    },
    async addPlugin(name, files) {
      for (const [file, text] of Object.entries(files)) {
        const target = path.join(folder, 'plugins', name, file);
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, text);
      }
    },
    async open(name, entry = {}) {
      const opened = await host.open(planEntry(name, entry), start);
      if (!opened.ok) throw new Error(opened.failure.message);
      if (!(opened.value instanceof RunningPlugin)) throw new Error('not a process');
      return opened.value;
    },
    async [Symbol.asyncDispose]() {
      await host.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A plan entry with every default. */
export function planEntry(name: string, entry: Partial<PluginEntry> = {}): PluginEntry {
  return {
    name,
    plugin_route: name,
    version: '1.0.0',
    plugin_location_type: 'local',
    plugin_base_path: './',
    run_async: false,
    visible_in_ui: false,
    on_failure: 'skip',
    retries: 0,
    ...entry,
  };
}

/** Package and module of a well-behaved plugin. `body` is what stands between the braces. */
export function pluginFiles(body: string, firstlight: object = {}): { [file: string]: string } {
  return {
    'package.json': JSON.stringify({
      name: 'a-plugin',
      version: '1.0.0',
      type: 'module',
      firstlight: { apiVersion: 1, main: 'index.js', ...firstlight },
    }),
    'index.js': `export default { ${body} };`,
  };
}

/** Does a process run? One that has ended, and that nobody has asked about yet, does not. */
export function processLives(pid: number): boolean {
  return statOf(pid) !== undefined;
}

/** Does anything of a process group run? */
export function groupLives(pid: number | undefined): boolean {
  return runningPids().some((other) => statOf(other)?.group === pid);
}

/** Does a program run that has this among its arguments? Numbers in a sandbox are others than here. */
export function commandLives(argument: string): boolean {
  return runningPids().some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      return false;
    }
  });
}

function runningPids(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** `undefined` for what has ended. */
function statOf(pid: number): { readonly group: number } | undefined {
  try {
    // After the name, which stands in brackets and may hold anything: state, parent, group.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    const [state = 'X', , group] = text.split(' ');
    return /^[ZX]/.test(state) ? undefined : { group: Number(group) };
  } catch {
    return undefined;
  }
}
