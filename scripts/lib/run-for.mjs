// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './project.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs an installer, silently and for so long at most. Resolves when it is over, however it ended:
 * whether it did its work shows in what it left. Nothing of it outlives this process.
 * @param {string[]} command program and arguments
 * @param {number} limitMs
 * @returns {Promise<void>}
 */
export function runFor([program = '', ...args], limitMs) {
  return new Promise((resolve) => {
    // A group of its own, so that nothing of it is left when its time is over.
    const child = spawn(program, args, { cwd: ROOT, stdio: 'ignore', detached: true });
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Ended in this very moment.
      }
    };
    const timer = setTimeout(end, limitMs);
    // Ctrl-C does not reach another group by itself.
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      end();
      process.exit(128 + constants.signals[signal]);
    };
    for (const signal of SIGNALS) process.once(signal, stop);
    const done = () => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, stop);
      resolve();
    };
    child.once('error', done);
    child.once('exit', done);
  });
}
