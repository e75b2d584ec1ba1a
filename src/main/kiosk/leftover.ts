import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Ends a Chromium that an earlier, killed start left behind on this profile: a new one would hand
 * its page over to it and end at once. Only Linux tells here which program a process runs, so
 * elsewhere nothing is ended.
 */
export function endLeftover(
  profileFolder: string,
  kill: (pid: number) => void = (pid) => process.kill(pid, 'SIGKILL'),
): void {
  try {
    // Such as `hostname-4711`, made by Chromium itself.
    const owner = readlinkSync(join(profileFolder, 'SingletonLock'));
    const pid = Number(/-(\d+)$/.exec(owner)?.[1]);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // The number may by now be another program's.
    if (command.includes(`--user-data-dir=${profileFolder}`)) kill(pid);
  } catch {
    // No lock, or nobody holds it any more.
  }
}
