import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './clean-environment.ts';
import type { LaunchedProcess, PluginLauncher, ProcessEnd } from './launcher.ts';
import { ownerArgument } from './leftovers.ts';
import { messagePipe } from './message-pipe.ts';

/**
 * A plugin that leaks is ended by its own heap limit, long before it takes the device down. The
 * heap is all of a JavaScript plugin's data but its buffers.
 */
const HEAP_MIB = 512;
/** How long output may trickle in after the end: a process that left its group can hold the pipe. */
const LAST_OUTPUT_MS = 250;

/** What to kill if this process ends without having stopped its plugins: they have groups of their own. */
const living = new Set<() => void>();
function killLiving(): void {
  for (const kill of living) kill();
}

/** Starts plugin processes on plain Node.js: the browser shell, the command line, tests. */
export function createNodeLauncher(
  options: { readonly entry?: string; readonly owner?: string } = {},
): PluginLauncher {
  const entry = options.entry ?? entryBeside(import.meta.url);
  const env = cleanEnvironment(process.env);
  // The program itself takes no arguments: this one is for who looks at it from outside.
  const command = options.owner === undefined ? [entry] : [entry, ownerArgument(options.owner)];
  return { launch: () => launch(command, env) };
}

/** The child entry: the source beside this source, or what the build made of it. */
function entryBeside(url: string): string {
  // The bundler may put this module into a folder of chunks below the entries.
  const candidates = url.endsWith('.ts')
    ? ['./plugin-process.ts']
    : ['./plugin-process.js', '../plugin-process.js'];
  const paths = candidates.map((candidate) => fileURLToPath(new URL(candidate, url)));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the build has no ${paths.join(' or ')}`);
  return found;
}

function launch(command: readonly string[], env: Record<string, string>): LaunchedProcess {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, ...command], {
    // Descriptor 3 is the message pipe.
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env,
    serialization: 'json',
    // A group of its own: a Ctrl-C in the terminal is the app's to pass on, and what the plugin
    // starts can be killed along with it.
    detached: true,
    windowsHide: true,
  });
  const { stdout, stderr } = child;
  const channel = child.stdio[3];
  if (!(channel instanceof Duplex) || stdout === null || stderr === null) {
    throw new Error('the plugin process was started without its pipes');
  }
  // A process that dies while we write is told by its end, not by a broken pipe.
  channel.on('error', () => undefined);

  const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return;
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // Nothing is left of the group.
    }
  };

  const killAtExit = (): void => kill('SIGKILL');
  if (living.size === 0) process.on('exit', killLiving);
  living.add(killAtExit);

  const ended = new Promise<ProcessEnd>((resolve) => {
    const forget = (): void => {
      living.delete(killAtExit);
      if (living.size === 0) process.off('exit', killLiving);
    };
    child.on('error', () => {
      forget();
      resolve({ code: null, signal: null });
    });
    child.on('exit', (code, signal) => {
      // What the process started must not outlive it.
      kill('SIGKILL');
      const finish = (): void => {
        clearTimeout(timer);
        for (const stream of [stdout, stderr, channel]) stream.destroy();
        forget();
        resolve({ code, signal });
      };
      const timer = setTimeout(finish, LAST_OUTPUT_MS);
      child.once('close', finish);
    });
  });
  return { ...messagePipe(channel), pid: child.pid, stdout, stderr, ended, kill };
}
