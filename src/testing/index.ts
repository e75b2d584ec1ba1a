import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect as baseExpect, type Page } from '@playwright/test';
import { findElectron } from '../../scripts/lib/find-electron.mjs';
import { startBrowserShell } from './app-process.ts';
import { openElectronShell } from './electron-shell.ts';
import { holdsInOrder, visitedPlugins } from './read-trace.ts';
import { SetupRun, type OpenShell } from './setup-run.ts';
import { shellArguments, type SetupOptions } from './start-options.ts';

export type { SetupOptions } from './start-options.ts';
export type { SetupRun } from './setup-run.ts';
export * from './screens.ts';

/** Which shell the tests of a project run in. */
export interface ShellFixtureOptions {
  readonly shell: 'browser' | 'electron';
}

/** Starts devices to be set up. What a test starts is ended after it. */
export interface SetupFixture {
  start(options?: SetupOptions): Promise<SetupRun>;
}

/** Playwright's `test` with the fixture `setup`. */
export const test = base.extend<ShellFixtureOptions & { readonly setup: SetupFixture }>({
  shell: ['browser', { option: true }],
  setup: async ({ shell, context }, use, testInfo) => {
    testInfo.skip(
      shell === 'electron' && findElectron() === undefined,
      "Electron's binary is not here.",
    );
    const runs: SetupRun[] = [];
    const folders: string[] = [];
    await use({
      start: async (options = {}) => {
        const folder = await mkdtemp(join(tmpdir(), 'firstlight-test-'));
        folders.push(folder);
        const home = options.home ?? join(folder, 'home');
        const args = await shellArguments({ setup: options, home, folder });
        const run = new SetupRun(home, async (page) =>
          shell === 'electron'
            ? openElectronShell(args)
            : openBrowser(args, page ?? (await context.newPage())),
        );
        runs.push(run);
        await run.open();
        return run;
      },
    });
    for (const [index, run] of runs.entries()) {
      if (testInfo.status !== testInfo.expectedStatus) {
        const path = (name: string) => testInfo.outputPath(`${index}-${name}`);
        for (const name of await run.saveEvidence(path))
          await testInfo.attach(name, { path: path(name) });
      }
      await run.stop();
    }
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  },
});

async function openBrowser(args: readonly string[], page: Page): Promise<OpenShell> {
  const process = startBrowserShell(args);
  await page.goto(await process.address);
  return { process, page };
}

/** Playwright's `expect`, and what can be said of a setup. */
export const expect = baseExpect.extend({
  /** Were the screens of these plugins shown, in this order? Others may have come between. */
  toHaveVisited(setup: SetupRun, plugins: readonly string[]) {
    const visited = visitedPlugins(setup.trace());
    return {
      name: 'toHaveVisited',
      pass: holdsInOrder(visited, plugins),
      expected: plugins,
      actual: visited,
      message: () =>
        `Expected visits in order: ${plugins.join(', ')}\nVisited: ${visited.join(', ')}`,
    };
  },
});
