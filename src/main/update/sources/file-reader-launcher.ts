import { spawn, type ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { entryBeside } from '../../entry-beside.ts';
import type { LaunchedReader, ReaderLauncher } from './file-reader.ts';

/** Starts reading processes on plain Node.js: the browser shell, the command line, tests. */
export function createNodeReaderLauncher(
  options: {
    /** What runs in place of the reading process, for tests. */
    readonly entry?: string;
    /** The Node that runs it; the one that runs this by default. */
    readonly node?: string;
  } = {},
): ReaderLauncher {
  const { node = process.execPath } = options;
  let entry = options.entry;
  return {
    launch: (job) => {
      entry ??= entryBeside(import.meta.url, 'file-reader-process');
      return launch(node, [entry, job]);
    },
  };
}

function launch(node: string, command: readonly string[]): LaunchedReader {
  const child: ChildProcess = spawn(node, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of ours: an inherited NODE_OPTIONS or NODE_EXTRA_CA_CERTS would only slow it down.
    env: { SystemRoot: process.env.SystemRoot },
    windowsHide: true,
  });
  // There are no pipes where the system has no descriptors left; the error comes as an event then.
  const stdout = child.stdout ?? Readable.from([]);
  const stderr = child.stderr ?? Readable.from([]);
  let say: (end: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (say = resolve));
  const forget = (): void => {
    stdout.destroy();
    stderr.destroy();
    child.unref();
  };
  child.on('error', (error: NodeJS.ErrnoException) => {
    say(error.code ?? error.message);
    forget();
  });
  child.on('exit', (code, signal) => say(signal ?? `exit code ${code}`));
  return {
    stdout,
    stderr,
    ended,
    kill: () => {
      child.kill('SIGKILL');
      forget();
      say('SIGKILL');
    },
  };
}
