import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Duplex } from 'node:stream';
import { entryBeside } from '../entry-beside.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { createIsolator, type IsolatedCommand, type Isolation } from './isolation/isolate.ts';
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

export interface NodeLauncherOptions {
  /** The program of a plugin's process; by default the one beside this module. */
  readonly entry?: string;
  /** The cache folder that the processes belong to, for who comes after an app that was killed. */
  readonly owner?: string;
  /** The most that may be used; by default all that works on this machine. */
  readonly isolation?: Isolation;
}

/**
 * Starts plugin processes on plain Node.js: the browser shell, the command line, tests. Each is kept
 * apart from the system and from the others as far as this machine can (`describeIsolation`).
 */
export function createNodeLauncher(options: NodeLauncherOptions = {}): PluginLauncher {
  const entry = options.entry ?? entryBeside(import.meta.url, 'plugin-process');
  const isolator = createIsolator({
    entry,
    env: cleanEnvironment(process.env),
    isolation: options.isolation ?? 'bubblewrap',
  });
  const args = [
    `--max-old-space-size=${HEAP_MIB}`,
    entry,
    // The program itself takes no arguments: this one is for who looks at it from outside.
    ...(options.owner === undefined ? [] : [ownerArgument(options.owner)]),
  ];
  return { launch: async (profile) => launch(await isolator.isolate(profile, args)) };
}

function launch(isolated: IsolatedCommand): LaunchedProcess {
  const { command, args, env, isWrapped } = isolated;
  const child = spawn(command, args, {
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

  const pipe = messagePipe(channel);
  let hasSpoken = false;

  const kill = (asked: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return;
    // A sandbox that is still being made hears no SIGTERM, and has nothing to clean up.
    const signal = isWrapped && !hasSpoken ? 'SIGKILL' : asked;
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // Nothing is left of the group.
    }
  };

  const killAtExit = (): void => {
    kill('SIGKILL');
    isolated.dispose();
  };
  if (living.size === 0) process.on('exit', killLiving);
  living.add(killAtExit);

  const ended = new Promise<ProcessEnd>((resolve) => {
    const forget = (): void => {
      living.delete(killAtExit);
      if (living.size === 0) process.off('exit', killLiving);
    };
    child.on('error', () => {
      forget();
      isolated.dispose();
      resolve({ code: null, signal: null });
    });
    child.on('exit', (code, signal) => {
      // What the process started must not outlive it.
      kill('SIGKILL');
      const finish = (): void => {
        clearTimeout(timer);
        for (const stream of [stdout, stderr, channel]) stream.destroy();
        forget();
        isolated.dispose();
        resolve(isWrapped ? unwrapped(code, signal) : { code, signal });
      };
      const timer = setTimeout(finish, LAST_OUTPUT_MS);
      child.once('close', finish);
    });
  });
  return {
    ...pipe,
    onMessage: (listener) => {
      pipe.onMessage((message) => {
        hasSpoken = true;
        listener(message);
      });
    },
    pid: child.pid,
    isSandboxed: isWrapped,
    stdout,
    stderr,
    ended,
    kill,
  };
}

/** What ends a program by a signal is an exit code over 128 of the program that it runs in. */
function unwrapped(code: number | null, signal: string | null): ProcessEnd {
  const ended = Object.entries(constants.signals).find(([, number]) => code === 128 + number);
  return ended === undefined ? { code, signal } : { code: null, signal: ended[0] };
}
