import { readFileSync } from 'node:fs';
import { isSystemError } from './files-port.ts';

/**
 * Process numbers are used again, after a reboot even for the same program: start time and boot id
 * tell two uses of a number apart. Only Linux says them; elsewhere a number that is in use again
 * counts as the same process, which refuses a start but never lets two in.
 */
export function processName(pid: number): string {
  const startTime = statFields(pid)[STARTTIME_AFTER_NAME] ?? '0';
  const boot = readOrEmpty('/proc/sys/kernel/random/boot_id').slice(0, 8);
  return `pid-${pid}-${startTime}-${boot}`;
}

/** The fields of `/proc/<pid>/stat` after the program's name; a space stands before the first. */
function statFields(pid: number): readonly string[] {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The name may hold spaces and brackets: count after the last one.
  return stat.slice(stat.lastIndexOf(')') + 1).split(' ');
}

/** `state` is field 3, and `Z` is a process that has ended, and that its starter has not looked at yet. */
const STATE_AFTER_NAME = 3 - 2;

/** `starttime` is field 22 of `/proc/<pid>/stat`; the name is field 2, and a space follows it. */
const STARTTIME_AFTER_NAME = 22 - 2;

/** The number of the process that a name of `processName` means, while it lives. */
export function livingProcess(name: string): number | undefined {
  const pid = Number.parseInt(name.slice('pid-'.length), 10);
  return !Number.isNaN(pid) && isAlive(pid) && processName(pid) === name ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return statFields(pid)[STATE_AFTER_NAME] !== 'Z';
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
