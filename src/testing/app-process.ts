import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Folder of the clone. */
export const ROOT = join(import.meta.dirname, '../..');

const KEPT_LOG = 256 * 1024;

/** The app in a process of its own, as `npm start` runs it. */
export interface AppProcess {
  /** What it has printed. */
  readonly log: () => string;
  /** Address of its first page, with the token; rejects if it ends before it has one. */
  readonly address: Promise<string>;
  /** Exit code, or `undefined` after a signal. */
  readonly ended: Promise<number | undefined>;
  /** Ends it and waits until it is gone. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT') => Promise<number | undefined>;
}

/** Starts the built browser shell without a window. */
export function startBrowserShell(args: readonly string[]): AppProcess {
  const entry = join(ROOT, 'out/main/preview.js');
  return watch(spawn(process.execPath, [entry, '--no-open', ...args], { cwd: ROOT }));
}

function watch(child: ChildProcess): AppProcess {
  let log = '';
  let found: (address: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const address = new Promise<string>((resolve, reject) => {
    found = resolve;
    fail = reject;
  });
  // Whoever does not ask for the address does not care that there is none.
  address.catch(() => undefined);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-KEPT_LOG);
      const ready = /^Firstlight is at (\S+)$/m.exec(log)?.[1];
      if (ready !== undefined) found(ready);
    });
  const ended = once(child, 'close').then(([code]) => {
    fail(new Error(`The app ended before it was ready:\n${log}`));
    return typeof code === 'number' ? code : undefined;
  });
  return {
    log: () => log,
    address,
    ended,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
