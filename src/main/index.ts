import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  nativeTheme,
  protocol,
  session,
  utilityProcess,
} from 'electron';
import { guardAllContents } from './electron/navigation.ts';
import { PRIVILEGED_SCHEMES } from './electron/protocol.ts';
import { runElectronShell } from './electron/shell.ts';
import { windowOptions } from './electron/window.ts';
import { openApp } from './open-app.ts';
import { stopAsked } from './stop-asked.ts';
import { failureLine, parseShellOptions } from './shell-options.ts';

// The Electron shell. All that needs Electron's binary to run is in this file; what it decides is in
// `electron/`, where it is tested against a fake.

const parsed = parseShellOptions(process.argv.slice(app.isPackaged ? 1 : 2));
if (!parsed.ok) {
  process.stderr.write(`${failureLine(parsed.failure)}\n`);
  app.exit(2);
} else {
  protocol.registerSchemesAsPrivileged(PRIVILEGED_SCHEMES);
  app.enableSandbox();
  guardAllContents(app);
  Menu.setApplicationMenu(null);
  await runElectronShell({
    options: parsed.value,
    app,
    ipcMain,
    utility: utilityProcess,
    secret: randomBytes(32).toString('base64url'),
    outFolder: join(import.meta.dirname, '..'),
    userFolder: homedir(),
    openApp,
    stopAsked: stopAsked(),
    afterReady: () => ({
      protocol,
      session: session.defaultSession,
      window: new BrowserWindow(
        windowOptions({
          preload: join(import.meta.dirname, '../preload/index.cjs'),
          isDark: nativeTheme.shouldUseDarkColors,
        }),
      ),
    }),
    say: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}
