import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fail, ok, type Result } from '#shared';
import { chromiumArguments } from './chromium-arguments.ts';
import { endLeftover } from './leftover.ts';

/** How long Chromium may take to close its window before it is killed. */
const CLOSE_MS = 2_000;
/** Ending sooner than this with an error means that it never showed a window. */
const START_MS = 5_000;
const KEPT_OUTPUT = 4_096;

/** A kiosk window. */
export interface Kiosk {
  /** Resolves when the window is gone; a failure where there never was one. Never rejects. */
  readonly closed: Promise<Result<void>>;
  /** Closes it, by force if need be. */
  close(): Promise<void>;
  /** Ends it without asking or waiting, for when this process is about to end. */
  kill(): void;
}

/** Starts Chromium on a page, fullscreen. */
export function launchKiosk(options: {
  /** Path of Chromium. */
  readonly program: string;
  readonly address: string;
  readonly profileFolder: string;
}): Kiosk {
  const { program, address, profileFolder } = options;
  mkdirSync(profileFolder, { recursive: true, mode: 0o700 });
  endLeftover(profileFolder);
  const isRoot = process.getuid?.() === 0;
  const started = performance.now();
  const child = spawn(program, chromiumArguments({ address, profileFolder, isRoot }), {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in the terminal is for us, and we close what we opened.
    detached: true,
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-KEPT_OUTPUT);
  });

  const closed = new Promise<Result<void>>((resolve) => {
    child.once('error', (error) => resolve(fail(startFailure(program, error.message))));
    child.once('exit', (code) => {
      const isEarly = performance.now() - started < START_MS;
      // By a signal is our doing; a person who closes the window gives 0.
      const failed = code !== null && code !== 0 && isEarly;
      resolve(failed ? fail(startFailure(program, reasonIn(output, code))) : ok(undefined));
    });
  });
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Gone already.
    }
  };
  return {
    closed,
    kill: () => signal('SIGKILL'),
    close: async () => {
      signal('SIGTERM');
      const force = setTimeout(() => signal('SIGKILL'), CLOSE_MS);
      await closed;
      clearTimeout(force);
    },
  };
}

function startFailure(program: string, reason: string) {
  return {
    code: 'shell/browser-failed',
    message: `The browser ${program} could not be started: ${reason}.`,
    hint: 'Use --no-open and open the address in a browser of your own.',
  } as const;
}

/** The last error line that Chromium has written, without its time stamp. */
function reasonIn(output: string, code: number): string {
  const lines = output.split('\n').filter((line) => line.includes('ERROR'));
  const last = lines
    .at(-1)
    ?.replace(/^\[[^\]]*\]\s*/, '')
    .replace(/\.$/, '');
  return last ?? `it ended with code ${code}`;
}
