import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from './files-port.ts';
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
  const own = path.join(home.locks, nameOf(process.pid));
  try {
    // Exclusive: within one process, too, a home has one user.
    closeSync(openSync(own, 'wx', 0o600));
  } catch (thrown) {
    if (isSystemError(thrown, 'EEXIST')) return fail(lockedBy(home.folder, process.pid));
    return fail(writeFailure(home.folder, thrown));
  }
  for (const name of readdirSync(home.locks)) {
    const pid = Number.parseInt(name.slice('pid-'.length), 10);
    if (path.join(home.locks, name) === own || Number.isNaN(pid)) continue;
    if (isAlive(pid) && nameOf(pid) === name) {
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

function lockedBy(folder: string, pid: number) {
  return {
    code: 'session/locked',
    message: `Another Firstlight (process ${pid}) uses the home folder ${folder}.`,
    hint: 'End it, or choose another folder with --home DIR.',
  } as const;
}

/**
 * Process numbers are used again, after a reboot even for the same program: start time and boot id
 * tell two uses of a number apart. Only Linux says them; elsewhere a number that is in use again
 * counts as the same process, which refuses a start but never lets two in.
 */
function nameOf(pid: number): string {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The second field, the program's name, may hold spaces and brackets: count after the last one.
  const startTime = stat.slice(stat.lastIndexOf(')') + 1).split(' ')[STARTTIME_AFTER_NAME] ?? '0';
  const boot = readOrEmpty('/proc/sys/kernel/random/boot_id').slice(0, 8);
  return `pid-${pid}-${startTime}-${boot}`;
}

/** `starttime` is field 22 of `/proc/<pid>/stat`; the name is field 2, and a space follows it. */
const STARTTIME_AFTER_NAME = 22 - 2;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // A process of another user may not be signalled, but it lives.
    return isSystemError(thrown, 'EPERM');
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
