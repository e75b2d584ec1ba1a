import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionView } from '#shared';
import { violations } from './invariants.test-support.ts';
import { fileLedger } from './ledger.test-support.ts';
import type { CrashCase } from './random-case.test-support.ts';

const APP = fileURLToPath(new URL('crash-app.test-support.ts', import.meta.url));
/** A life of such a case takes about as long. */
const LONGEST_LIFE_MS = 80;
const MOST_KILLS = 3;

/** Kills a process with the whole engine in it at random moments, over a real disk, then lets it end. */
export async function killedRun(
  crashCase: CrashCase,
  reference: readonly ExecutionView[],
  folder: string,
): Promise<{ readonly cuts: number; readonly problems: readonly string[] }> {
  const { random, seed, flavour } = crashCase;
  const wanted = 1 + Math.floor(random() * MOST_KILLS);
  let kills = 0;
  for (;;) {
    const child = spawn(process.execPath, [APP, folder, String(seed), flavour], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let timer: NodeJS.Timeout | undefined;
    // It says one thing: that the engine is about to be opened.
    child.stdout.once('data', () => {
      if (kills >= wanted) return;
      timer = setTimeout(() => child.kill('SIGKILL'), random() * LONGEST_LIFE_MS);
    });
    const [code, signal] = (await exited) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    if (signal === 'SIGKILL') {
      kills += 1;
      continue;
    }
    if (code !== 0) return { cuts: kills, problems: [`the app ended with ${code ?? signal}`] };
    break;
  }
  const views = JSON.parse(
    readFileSync(path.join(folder, 'views.json'), 'utf8'),
  ) as ExecutionView[];
  const { lines } = fileLedger(path.join(folder, 'ledger'));
  return { cuts: kills, problems: violations(crashCase, views, reference, lines) };
}
