import { readdir, readFile } from 'node:fs/promises';
import { COMMAND_MARK } from './command-mark.ts';

/** What is started between two looks has the mark too; nothing starts programs faster than that for long. */
const LOOKS = 5;

/**
 * Ends what is left of the commands with these marks. They have process groups of their own, so that a
 * plugin process that was killed leaves them behind. Only Linux shows the environment of a process;
 * elsewhere nothing is ended, and neither is what runs as another user (under `sudo`).
 */
export async function endCommands(marks: ReadonlySet<string>): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const found = await findMarked(marks);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
  }
}

async function findMarked(marks: ReadonlySet<string>): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Empty for one that is dead already, and of another user it cannot be read.
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const start = `${COMMAND_MARK}=`;
      const mark = environment.split('\0').find((variable) => variable.startsWith(start));
      return mark !== undefined && marks.has(mark.slice(start.length)) ? [pid] : [];
    }),
  );
  return found.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
