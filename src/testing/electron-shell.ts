import { once } from 'node:events';
import { _electron } from '@playwright/test';
import { findElectron } from '../../scripts/lib/find-electron.mjs';
import { ROOT } from './app-process.ts';
import type { OpenShell } from './setup-run.ts';

/** Starts the built app in Electron. Throws where its binary is not to be had. */
export async function openElectronShell(args: readonly string[]): Promise<OpenShell> {
  const executablePath = findElectron();
  if (executablePath === undefined) throw new Error("Electron's binary is not here");
  const app = await _electron.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ROOT, ...args],
    cwd: ROOT,
  });
  const child = app.process();
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (log += bytes.toString('utf8')));
  const ended = once(child, 'close').then(([code]) =>
    typeof code === 'number' ? code : undefined,
  );
  return {
    page: await app.firstWindow(),
    process: {
      log: () => log,
      address: Promise.resolve('app://firstlight/'),
      ended,
      end: (signal) => {
        child.kill(signal);
        return ended;
      },
    },
  };
}
