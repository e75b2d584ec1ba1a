import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fail, ok, type FlowOutcome, type Result } from '#shared';
import { createRegistry } from '../plugins/registry.ts';
import type { Runtime } from '../runtime.ts';
import { parseShellOptions } from '../shell-options.ts';
import { testEndpoint } from '../transport/test-endpoint.test-support.ts';
import { runElectronShell, type ElectronShellOptions } from './shell.ts';
import {
  FakeApp,
  FakeIpc,
  FakeProtocol,
  FakeSession,
  FakeWindow,
} from './testing/fake-electron.test-support.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'firstlight-electron-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The Electron shell on a fake of Electron, with a runtime that a test can look into. */
async function start(options: { opens?: (runtime: Runtime) => Result<Runtime> } = {}) {
  const app = new FakeApp();
  const ipc = new FakeIpc();
  const protocol = new FakeProtocol();
  const session = new FakeSession();
  const window = new FakeWindow(ipc.contents);
  const said: string[] = [];
  const stops: string[] = [];
  const outFolder = folder();
  for (const name of ['renderer', 'client']) mkdirSync(join(outFolder, name));
  writeFileSync(join(outFolder, 'renderer/index.html'), 'the app');
  const home = join(outFolder, 'home');
  const parsed = parseShellOptions([`--home=${home}`, '--stay']);
  if (!parsed.ok) throw new Error(parsed.failure.message);

  let finish: (outcome: FlowOutcome) => void = () => undefined;
  const runtime: Runtime = {
    ...testEndpoint(),
    registry: createRegistry(),
    finished: new Promise((resolve) => (finish = resolve)),
    current: () => undefined,
    stop: () => {
      stops.push('runtime');
      return Promise.resolve();
    },
  };
  let askToStop: (code: number) => void = () => undefined;
  const shell: ElectronShellOptions = {
    options: parsed.value,
    app,
    ipcMain: ipc.ipcMain,
    utility: {
      fork: () => {
        throw new Error('no plugin is started here');
      },
    },
    secret: 'secret',
    outFolder,
    userFolder: '/nowhere',
    openApp: () => Promise.resolve(options.opens?.(runtime) ?? ok(runtime)),
    stopAsked: new Promise((resolve) => (askToStop = resolve)),
    afterReady: () => ({ protocol, session, window }),
    say: (line) => said.push(line),
    complain: (line) => said.push(line),
  };
  await runElectronShell(shell);
  return {
    app,
    protocol,
    session,
    window,
    said,
    stops,
    finish: () => finish('completed'),
    askToStop: (code: number) => askToStop(code),
  };
}

describe('the Electron shell', () => {
  it('serves its page and opens its window on it', async () => {
    const { window, protocol } = await start();
    expect(window.did).toEqual(['load app://firstlight/']);
    expect(await (await protocol.fetch('app://firstlight/')).text()).toBe('the app');
  });

  it('locks the session before a page is loaded', async () => {
    const { session } = await start();
    expect(session.grants('media')).toBe(false);
    expect(session.loads('https://evil.example/')).toBe(false);
  });

  it('comes to the front when it is started again', async () => {
    const { app, window } = await start();
    app.startAgain();
    expect(window.did).toContain('focus');
  });

  it('puts setup away when its window is closed', async () => {
    const { app, stops } = await start();
    app.closeAllWindows();
    expect(await app.ended).toBe(0);
    expect(stops).toEqual(['runtime']);
  });

  it('ends at Ctrl-C with the exit code that says so', async () => {
    const { app, stops, askToStop } = await start();
    askToStop(130);
    expect(await app.ended).toBe(130);
    expect(stops).toEqual(['runtime']);
  });

  it('says in one line why it cannot start, and opens no window', async () => {
    const { app, said, window } = await start({
      opens: () => fail({ code: 'shell/no-plan', message: 'plan.toml:1:2: it is wrong.' }),
    });
    expect(await app.ended).toBe(1);
    expect(said).toEqual(['plan.toml:1:2: it is wrong. (shell/no-plan)']);
    expect(window.did).toEqual([]);
  });

  it('says that setup is complete', async () => {
    const { said, finish } = await start();
    finish();
    await expect.poll(() => said).toEqual(['Setup is complete.']);
  });
});
