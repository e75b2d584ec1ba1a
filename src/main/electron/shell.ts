import { join } from 'node:path';
import type { Failure } from '#shared';
import type { openApp } from '../open-app.ts';
import { cleanEnvironment } from '../plugins/clean-environment.ts';
import type { Runtime } from '../runtime.ts';
import { failureLine, type ShellOptions } from '../shell-options.ts';
import { openHome, resolveHome, type Home } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import { addressOf, serveBridge } from '../transport/serve-bridge.ts';
import { builtFiles } from '../web/built-files.ts';
import { directoryOf } from '../plugins/registry-directory.ts';
import { screenAddresses } from '../web/screen-addresses.ts';
import { screenAddress } from './addresses.ts';
import { ipcChannel } from './ipc.ts';
import { createUtilityLauncher, type UtilitySlice } from './launcher.ts';
import { holdLifecycle } from './lifecycle.ts';
import { serveSchemes } from './protocol.ts';
import { createUtilityReaderLauncher } from './reader-launcher.ts';
import { lockSession } from './session.ts';
import type { AppSlice, IpcMainSlice, ProtocolSlice, SessionSlice, WindowSlice } from './slices.ts';
import { bringToFront, openWindow } from './window.ts';

export interface ElectronShellOptions {
  readonly options: ShellOptions;
  readonly app: AppSlice;
  readonly ipcMain: IpcMainSlice;
  readonly utility: UtilitySlice;
  /** Names of plugin origins are derived from it. */
  readonly secret: string;
  /** The build: `renderer/`, `client/` and `main/` are in it. */
  readonly outFolder: string;
  readonly userFolder: string;
  readonly openApp: typeof openApp;
  /** What may only be asked for once Electron is ready. */
  readonly afterReady: () => {
    readonly protocol: ProtocolSlice;
    readonly session: SessionSlice;
    readonly window: WindowSlice;
  };
  /** Resolves with an exit code when somebody wants the app to end. */
  readonly stopAsked: Promise<number>;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** How long the last screen stays before the app ends. */
const LAST_SCREEN_MS = 5_000;

/** What is there so far: an end may come at any time, and puts away what it finds. */
interface Opened {
  window?: WindowSlice;
  runtime?: Runtime;
  home?: Home;
  exitCode: number;
}

/** Runs setup in Electron. Resolves when the first page is there; the end of the app is Electron's. */
export async function runElectronShell(shell: ElectronShellOptions): Promise<void> {
  const { app, options } = shell;
  const opened: Opened = { exitCode: 0 };
  const endWith = (failure: Failure) => {
    shell.complain(failureLine(failure));
    opened.exitCode = 1;
    app.quit();
  };
  const isFirst = holdLifecycle({
    app,
    onSecondStart: () => {
      if (opened.window !== undefined) bringToFront(opened.window);
    },
    stop: async () => {
      await opened.runtime?.stop();
      opened.home?.release();
    },
    exitCode: () => opened.exitCode,
  });
  if (!isFirst) return;
  void shell.stopAsked.then((code) => {
    opened.exitCode = code;
    app.quit();
  });

  const home = await openHome(nodeFiles, homeFolder(shell));
  if (!home.ok) {
    endWith(home.failure);
    return;
  }
  opened.home = home.value;
  const { utility } = shell;
  const env = cleanEnvironment(process.env);
  const signal = (pid: number, name: 'SIGKILL') => process.kill(pid, name);
  const [runtime] = await Promise.all([
    shell.openApp({
      options,
      say: shell.say,
      files: nodeFiles,
      home: home.value.paths,
      launcher: createUtilityLauncher({
        utility,
        entry: join(shell.outFolder, 'main/plugin-process.js'),
        env,
        signal,
      }),
      readerLauncher: createUtilityReaderLauncher({
        utility,
        entry: join(shell.outFolder, 'main/file-reader-process.js'),
        env,
        signal,
      }),
    }),
    app.whenReady(),
  ]);
  if (!runtime.ok) {
    endWith(runtime.failure);
    return;
  }
  opened.runtime = runtime.value;
  const ready = shell.afterReady();
  opened.window = ready.window;
  await serve({ shell, runtime: runtime.value, ...ready });
  await openWindow(ready.window);
  void runtime.value.finished.then(() => {
    shell.say('Setup is complete.');
    if (!options.stay) setTimeout(() => app.quit(), LAST_SCREEN_MS);
  });
}

/** Puts pages and the bridge in place, before the window asks for them. */
async function serve(request: {
  readonly shell: ElectronShellOptions;
  readonly runtime: Runtime;
  readonly protocol: ProtocolSlice;
  readonly session: SessionSlice;
  readonly window: WindowSlice;
}): Promise<void> {
  const { shell, runtime, window } = request;
  lockSession(request.session);
  const plugins = directoryOf(runtime.registry);
  const screens = screenAddresses(shell.secret);
  serveSchemes({
    protocol: request.protocol,
    renderer: await builtFiles(join(shell.outFolder, 'renderer')),
    client: await builtFiles(join(shell.outFolder, 'client')),
    plugins,
    screens,
  });
  serveBridge({
    endpoint: runtime,
    channel: ipcChannel({ ipcMain: shell.ipcMain, contents: window.webContents }),
    assetAddress: addressOf((name) => {
      const entry = plugins.byName(name);
      return entry?.hasScreen === true ? screenAddress(screens.label(entry.route)) : undefined;
    }),
    onBug: (error) => shell.complain(error.stack ?? error.message),
  });
}

function homeFolder({ options, userFolder }: ElectronShellOptions): string {
  return resolveHome(options.home, {
    env: process.env,
    platform: process.platform,
    userFolder,
    workingFolder: process.cwd(),
  });
}
