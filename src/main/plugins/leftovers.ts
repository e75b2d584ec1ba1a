import { readdir, readFile } from 'node:fs/promises';

/** Marks a plugin process as belonging to one cache folder, and so to one home, on its command line. */
export function ownerArgument(cacheFolder: string): string {
  return `--owner=${cacheFolder}`;
}

/**
 * Ends plugin processes that an app that was killed has left behind. Most notice that their pipe has
 * closed and end by themselves; one in an endless loop never does. Only Linux tells what other
 * processes run, so elsewhere nothing is ended.
 */
export async function endLeftovers(cacheFolder: string): Promise<void> {
  const owner = ownerArgument(cacheFolder);
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  await Promise.all(
    pids.map(async (pid) => {
      const [command, stat] = await Promise.all([read(pid, 'cmdline'), read(pid, 'stat')]);
      // Our own are no leftovers.
      if (!command.split('\0').includes(owner) || parentIn(stat) === process.pid) return;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }),
  );
}

async function read(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}

/** The parent is the second field behind the name, which stands in brackets and may hold anything. */
function parentIn(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
