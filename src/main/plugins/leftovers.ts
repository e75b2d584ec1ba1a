import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { LaunchedProcess } from './launcher.ts';
import { commandMark } from './steps/command-mark.ts';
import { endCommands } from './steps/end-commands.ts';

/** Marks a plugin process as belonging to one cache folder, and so to one home, on its command line. */
export function ownerArgument(cacheFolder: string): string {
  return `--owner=${cacheFolder}`;
}

/** Knows which plugin processes run, also for the app that comes after one that was killed. */
export interface Leftovers {
  /** Notes a process until its end. */
  note(process: LaunchedProcess): void;
  /** Ends what an earlier app has noted and left behind. */
  end(): Promise<void>;
}

/**
 * Most plugins notice that their pipe has closed, and end by themselves; one in an endless loop never
 * does. Each process has a file with its number as the name, so that there is nothing to search.
 */
export function createLeftovers(cacheFolder: string): Leftovers {
  const folder = path.join(cacheFolder, 'running');
  /** Ours are not left behind. */
  const own = new Set<string>();
  const fileOf = (pid: number | string) => path.join(folder, String(pid));
  return {
    note({ pid, ended }) {
      if (pid === undefined) return;
      own.add(String(pid));
      try {
        // At once: the next thing that happens may be the end of this process.
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(fileOf(pid), '');
      } catch {
        // A read-only folder is told of elsewhere; plugins run all the same.
      }
      // At once here, too: who waits for the end may remove the folder.
      void ended.then(() => rmSync(fileOf(pid), { force: true }));
    },
    async end() {
      const names = await readdir(folder).catch(() => []);
      const others = names.filter((name) => !own.has(name));
      if (others.length === 0) return;
      await Promise.all(others.map((name) => endOne(Number(name), ownerArgument(cacheFolder))));
      // Before their files are gone, so that a second end of the app loses nothing.
      await endCommands(new Set(others.map((name) => commandMark(cacheFolder, name))));
      await Promise.all(others.map((name) => rm(fileOf(name), { force: true })));
    },
  };
}

/** The number may by now be another program's. Only Linux tells, so elsewhere nothing is ended. */
async function endOne(pid: number, owner: string): Promise<void> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!command.split('\0').includes(owner)) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
