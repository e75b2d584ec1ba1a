import { readdir, readFile } from 'node:fs/promises';

/** Signals all processes of a group; `refused` where the system does not let us. */
export function signalGroup(
  group: number,
  signal: NodeJS.Signals | 0,
): 'sent' | 'refused' | 'gone' {
  try {
    process.kill(-group, signal);
    return 'sent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'refused' : 'gone';
  }
}

/**
 * Does a process of the group still run? One that is dead but that nobody has collected does not: in a
 * container without an init there are many, and a signal to them arrives.
 */
export async function isGroupRunning(group: number): Promise<boolean> {
  if (signalGroup(group, 0) === 'gone') return false;
  if (process.platform !== 'linux') return true;
  try {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const running = await Promise.all(pids.map((pid) => runsIn(pid, group)));
    return running.includes(true);
  } catch {
    // A plugin may not look: then it is waited for.
    return true;
  }
}

/** `proc_pid_stat(5)`: number, name in parentheses, state, parent, group. */
async function runsIn(pid: string, group: number): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended meanwhile.
    if (code === 'ENOENT' || code === 'ESRCH') return false;
    throw error;
  }
  const [state, , ofGroup] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(ofGroup) === group && state !== 'Z' && state !== 'X';
}
