import { PassThrough } from 'node:stream';
import type { LaunchedReader, ReaderLauncher } from '../update/sources/file-reader.ts';
import type { UtilityProcessSlice, UtilitySlice } from './launcher.ts';

/** Starts the processes that read files of folders and shares by `utilityProcess`. */
export function createUtilityReaderLauncher(options: {
  readonly utility: UtilitySlice;
  /** The built `file-reader-process.js`. */
  readonly entry: string;
  readonly env: Record<string, string>;
  /** Sends a signal to a process; Electron's own `kill` knows SIGTERM only. */
  readonly signal: (pid: number, signal: 'SIGKILL') => void;
}): ReaderLauncher {
  const { utility, entry, env, signal } = options;
  return {
    launch: (job) =>
      wrap(
        utility.fork(entry, [job], {
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
          serviceName: 'Firstlight file reader',
          execArgv: [],
        }),
        signal,
      ),
  };
}

function wrap(
  child: UtilityProcessSlice,
  signal: (pid: number, signal: 'SIGKILL') => void,
): LaunchedReader {
  // Electron takes all listeners off its own streams when the process ends, so that whoever waits
  // for their end would wait for ever.
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  child.stdout?.pipe(stdout);
  child.stderr?.pipe(stderr);
  let isGone = false;
  let say: (end: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (say = resolve));
  const forget = (end: string): void => {
    stdout.destroy();
    stderr.destroy();
    say(end);
  };
  child.once('exit', (code) => {
    isGone = true;
    forget(`exit code ${code}`);
  });
  return {
    stdout,
    stderr,
    ended,
    kill: () => {
      if (!isGone) {
        // Before the process has its number it can only be asked.
        if (child.pid === undefined) child.kill();
        else signal(child.pid, 'SIGKILL');
      }
      forget('SIGKILL');
    },
  };
}
