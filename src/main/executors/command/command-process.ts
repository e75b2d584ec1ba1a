import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { systemClock } from '../../clock.ts';
import { isGroupRunning, signalGroup } from './process-group.ts';

/** What is started: everything resolved, `sudo` included. */
export interface ProgramStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs, leader of a process group of its own. */
export interface CommandProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The program itself is gone; what it has started may live on. Never rejects. */
  readonly exited: Promise<ProgramExit>;
  /**
   * Ends the whole group: SIGTERM, and after `graceMs` SIGKILL. Resolves when nothing of it runs, or
   * with `false` where the system does not let us end it (a program that runs as root), or cannot (one
   * that hangs in the kernel).
   */
  end(graceMs: number): Promise<boolean>;
}

/** How often a group without its leader is looked at: nothing tells of its end. */
const LOOK_EVERY_MS = 25;
/** How long a process may take to be gone after SIGKILL. */
const KILL_MS = 2000;

/** Groups to kill if this process ends without having waited for them. */
const living = new Set<() => void>();
function killLiving(): void {
  for (const kill of living) kill();
}

/**
 * Starts a program without a shell; its stdin is empty. Rejects with the error of the system where it
 * cannot be started. `killAsRoot` is for programs under `sudo`: it signals what we may not.
 */
export async function startProgram(
  start: ProgramStart,
  killAsRoot?: (group: number, signal: NodeJS.Signals) => Promise<void>,
): Promise<CommandProcess> {
  const child = spawn(start.program, start.args, {
    cwd: start.cwd,
    env: start.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what it starts is ended along with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let hasExited = false;
  const exited = new Promise<ProgramExit>((resolve) => {
    child.once('exit', (code, signal) => {
      hasExited = true;
      resolve({ code, signal });
    });
  });
  await startedOrFailed(child, exited);

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const asRoot = async (): Promise<void> => {
      if (child.pid !== undefined) await killAsRoot?.(child.pid, signal);
    };
    // sudo itself may be killed by us, but not what it runs; and a dead sudo passes nothing on.
    if (signal === 'SIGKILL') await asRoot();
    const isRefused = sendSignal(child, signal) === 'refused';
    if (isRefused && signal !== 'SIGKILL') await asRoot();
  };
  const isOverWithin = async (ms: number): Promise<boolean> => {
    const until = performance.now() + ms;
    for (;;) {
      if (hasExited && !(await isRunning(child))) return true;
      const left = until - performance.now();
      if (left <= 0) return false;
      await (hasExited ? waited(Math.min(left, LOOK_EVERY_MS)) : waited(left, exited));
    }
  };
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    async end(graceMs) {
      await kill('SIGTERM');
      if (await isOverWithin(graceMs)) return true;
      await kill('SIGKILL');
      return isOverWithin(KILL_MS);
    },
  };
}

/** Sees to it that the program does not outlive this process, from the start to the end of it. */
async function startedOrFailed(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  const kill = (): void => void sendSignal(child, 'SIGKILL');
  const forget = (): void => {
    living.delete(kill);
    if (living.size === 0) process.off('exit', killLiving);
  };
  if (living.size === 0) process.on('exit', killLiving);
  living.add(kill);
  void exited.then(forget);
  try {
    await once(child, 'spawn');
  } catch (error) {
    forget();
    throw error;
  }
  // What goes wrong with a program that runs is seen by its end.
  child.on('error', () => undefined);
}

function sendSignal(child: ChildProcess, signal: NodeJS.Signals): 'sent' | 'refused' | 'gone' {
  if (child.pid === undefined) return 'gone';
  // Windows has no process groups.
  if (process.platform === 'win32') return child.kill(signal) ? 'sent' : 'gone';
  return signalGroup(child.pid, signal);
}

async function isRunning({ pid }: ChildProcess): Promise<boolean> {
  if (process.platform === 'win32' || pid === undefined) return false;
  return isGroupRunning(pid);
}

/** Resolves after `ms`, or with `sooner`. */
async function waited(ms: number, sooner?: Promise<unknown>): Promise<void> {
  let cancel: () => void = () => undefined;
  const late = new Promise<void>((resolve) => (cancel = systemClock.after(ms, resolve)));
  await Promise.race(sooner === undefined ? [late] : [late, sooner]);
  cancel();
}
