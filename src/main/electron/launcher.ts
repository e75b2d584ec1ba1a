import { Readable } from 'node:stream';
import type { LaunchedProcess, PluginLauncher, ProcessEnd } from '../plugins/launcher.ts';
import { MAX_MESSAGE_BYTES } from '../plugins/plugin-rpc.ts';

/** What is used of a process that Electron's `utilityProcess` has started. */
export interface UtilityProcessSlice {
  readonly pid: number | undefined;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: string): void;
  kill(): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
}

/** What is used of `utilityProcess`. */
export interface UtilitySlice {
  fork(
    entry: string,
    args: string[],
    options: {
      readonly env: Record<string, string>;
      readonly stdio: ['ignore', 'pipe', 'pipe'];
      readonly serviceName: string;
      readonly execArgv: string[];
    },
  ): UtilityProcessSlice;
}

/** A plugin that leaks is ended by its own heap limit, as with the launcher for plain Node. */
const HEAP_MIB = 512;

/** A launcher that keeps no process apart: what a plugin's profile forbids, nothing here stops. */
interface UtilityLauncher extends PluginLauncher {
  launch(): LaunchedProcess;
}

/**
 * Starts plugin processes by `utilityProcess`: in a packaged app Electron's binary cannot play Node.
 * There is no process group, so the process itself ends what it has started.
 */
export function createUtilityLauncher(options: {
  readonly utility: UtilitySlice;
  /** The built `plugin-process.js`. */
  readonly entry: string;
  readonly env: Record<string, string>;
  /** Sends a signal to a process; Electron's own `kill` knows SIGTERM only. */
  readonly signal: (pid: number, signal: 'SIGKILL') => void;
}): UtilityLauncher {
  const { utility, entry, env, signal } = options;
  return {
    launch: () => {
      const child = utility.fork(entry, [], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        serviceName: 'Firstlight plugin',
        execArgv: [`--max-old-space-size=${HEAP_MIB}`],
      });
      return wrap(child, signal);
    },
  };
}

function wrap(
  child: UtilityProcessSlice,
  signal: (pid: number, signal: 'SIGKILL') => void,
): LaunchedProcess {
  const { stdout, stderr } = child;
  // Pipes of a child are always `Readable`; Electron's types say the older interface.
  if (!(stdout instanceof Readable) || !(stderr instanceof Readable))
    throw new Error('the utility process has no output');
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code) => resolve({ code, signal: null }));
  });
  return {
    get pid() {
      return child.pid;
    },
    stdout,
    stderr,
    ended,
    send: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', (message) => {
        const isText = typeof message === 'string' && message.length <= MAX_MESSAGE_BYTES;
        listener(isText ? message : undefined);
      });
    },
    kill: (name) => {
      // The pid is gone with the process, so a number that was given away anew is never hit.
      if (name === 'SIGTERM' || child.pid === undefined) child.kill();
      else signal(child.pid, 'SIGKILL');
    },
  };
}
