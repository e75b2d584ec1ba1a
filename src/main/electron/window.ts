import type { WindowSlice } from './slices.ts';
import { APP_PAGE } from './addresses.ts';

/** Options of the app's one window: Electron's security checklist, and a kiosk. */
export interface KioskWindowOptions {
  readonly show: boolean;
  readonly kiosk: boolean;
  readonly fullscreen: boolean;
  readonly frame: boolean;
  readonly autoHideMenuBar: boolean;
  readonly backgroundColor: string;
  readonly title: string;
  readonly webPreferences: {
    readonly preload: string;
    readonly sandbox: true;
    readonly contextIsolation: true;
    readonly nodeIntegration: false;
    readonly nodeIntegrationInWorker: false;
    readonly nodeIntegrationInSubFrames: false;
    readonly webSecurity: true;
    readonly allowRunningInsecureContent: false;
    readonly experimentalFeatures: false;
    readonly webviewTag: false;
    readonly devTools: false;
    readonly navigateOnDragDrop: false;
    readonly spellcheck: false;
  };
}

/** Backgrounds of the first screen, by what the system prefers: no flash before the first frame. */
const BACKGROUND = { light: '#ffffff', dark: '#111418' } as const;

/** What the window is made with. Defaults are spelt out, so that a test can hold them. */
export function windowOptions(options: {
  /** Path of the preload script. */
  readonly preload: string;
  readonly isDark: boolean;
}): KioskWindowOptions {
  return {
    show: false,
    kiosk: true,
    fullscreen: true,
    frame: false,
    autoHideMenuBar: true,
    backgroundColor: options.isDark ? BACKGROUND.dark : BACKGROUND.light,
    title: 'Firstlight',
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      devTools: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  };
}

/** Loads the app, and shows the window with its first frame painted. */
export async function openWindow(window: WindowSlice): Promise<void> {
  window.once('ready-to-show', () => window.show());
  await window.loadURL(APP_PAGE);
}

/** Brings the window to the front: somebody tried to start the app a second time. */
export function bringToFront(window: WindowSlice): void {
  if (window.isMinimized()) window.restore();
  window.focus();
}
