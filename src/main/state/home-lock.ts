import { closeSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from './files-port.ts';
import { livingProcess, processName } from './process-name.ts';
import { writeFailure } from './write-failure.ts';

/**
 * Takes a home for this process; the value gives it back, which also happens at exit. Fails with
 * `session/locked` while another living process has it, or with `shell/read-only`.
 *
 * Each process first creates a file that names it, then looks for the files of others, so that of
 * two that start at the same time at least one sees the other. (A single lock file would have to be
 * taken over when stale, and two processes can do that at once.) Two that see each other both give
 * up, which is safe. Synchronous, since it must also work in an exit handler.
 */
export function takeHomeLock(home: {
  readonly folder: string;
  readonly locks: string;
}): Result<() => void> {
  const own = path.join(home.locks, processName(process.pid));
  try {
    // Exclusive: within one process, too, a home has one user.
    closeSync(openSync(own, 'wx', 0o600));
  } catch (thrown) {
    if (isSystemError(thrown, 'EEXIST')) return fail(lockedBy(home.folder, process.pid));
    return fail(writeFailure(home.folder, thrown));
  }
  for (const name of readdirSync(home.locks)) {
    if (path.join(home.locks, name) === own || !/^pid-\d/.test(name)) continue;
    const pid = livingProcess(name);
    if (pid !== undefined) {
      rmSync(own, { force: true });
      return fail(lockedBy(home.folder, pid));
    }
    // Its process was killed, or the machine lost power.
    rmSync(path.join(home.locks, name), { force: true });
  }

  function release(): void {
    process.off('exit', release);
    rmSync(own, { force: true });
  }
  process.on('exit', release);
  return ok(release);
}

/** The living process that has a home, if there is one; for whoever only wants to know. */
export function homeUser(locks: string): number | undefined {
  if (!existsSync(locks)) return undefined;
  return readdirSync(locks)
    .map(livingProcess)
    .find((pid) => pid !== undefined);
}

function lockedBy(folder: string, pid: number) {
  return {
    code: 'session/locked',
    message: `Another Firstlight (process ${pid}) uses the home folder ${folder}.`,
    hint: 'End it, or choose another folder with --home DIR.',
  } as const;
}
