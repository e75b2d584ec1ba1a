import type {
  AppSlice,
  FrameSlice,
  IpcEvent,
  IpcMainSlice,
  MainContentsSlice,
  NavigationDetails,
  Preventable,
  ProtocolSlice,
  SessionSlice,
  WebContentsSlice,
  WindowSlice,
} from '../slices.ts';

// A fake of the parts of Electron that are used. It does what Electron documents, as far as the
// shell relies on it; types come from the slices, so the two cannot drift apart unseen.

/** Keeps listeners by event name, and calls them. */
class Listeners {
  readonly #listeners = new Map<string, ((...args: never[]) => void)[]>();

  readonly on = (event: string, listener: (...args: never[]) => void): void => {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  };

  readonly clear = (event: string): void => {
    this.#listeners.delete(event);
  };

  emit(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(args as never[]));
  }
}

/** Emits an event that can be called off; says whether somebody did. */
function isPrevented(emit: (event: Preventable) => void): boolean {
  let prevented = false;
  emit({ preventDefault: () => (prevented = true) });
  return prevented;
}

export class FakeApp implements AppSlice {
  readonly #listeners = new Listeners();
  readonly on = this.#listeners.on;
  /** Set to false where the app runs already. */
  isFirst = true;
  readonly exits: number[] = [];
  quits = 0;
  #ended: (code: number) => void = () => undefined;
  readonly ended = new Promise<number>((resolve) => (this.#ended = resolve));

  requestSingleInstanceLock = (): boolean => this.isFirst;
  whenReady = (): Promise<void> => Promise.resolve();
  quit = (): void => {
    this.quits += 1;
    // As Electron does: whoever calls the quit off has to end the app otherwise.
    const prevented = isPrevented((event) => this.#listeners.emit('before-quit', event));
    if (!prevented) this.exit(0);
  };
  exit = (code: number): void => {
    this.exits.push(code);
    this.#ended(code);
  };
  startAgain(): void {
    this.#listeners.emit('second-instance');
  }
  closeAllWindows(): void {
    this.#listeners.emit('window-all-closed');
  }
  createContents(contents: WebContentsSlice): void {
    this.#listeners.emit('web-contents-created', {}, contents);
  }
}

export class FakeContents implements WebContentsSlice {
  readonly #listeners = new Listeners();
  readonly on = this.#listeners.on;
  #openHandler: () => { action: string } = () => ({ action: 'allow' });

  setWindowOpenHandler = (handler: () => { action: 'deny' }): void => {
    this.#openHandler = handler;
  };
  /** Does the page get a new window? */
  canOpenWindow(): boolean {
    return this.#openHandler().action !== 'deny';
  }
  canAttachWebview(): boolean {
    return !isPrevented((event) => this.#listeners.emit('will-attach-webview', event));
  }
  canNavigate(url: string, frame: 'main' | 'sub', how = 'will-frame-navigate'): boolean {
    return !isPrevented((event) => {
      const details: NavigationDetails = { ...event, url, isMainFrame: frame === 'main' };
      this.#listeners.emit(how, details);
    });
  }
}

export class FakeSession implements SessionSlice {
  readonly #listeners = new Listeners();
  readonly on = this.#listeners.on;
  #request: Parameters<SessionSlice['setPermissionRequestHandler']>[0] = (_c, _p, callback) =>
    callback(true);
  #check: () => boolean = () => true;
  #device: () => boolean = () => true;
  #before: Parameters<SessionSlice['webRequest']['onBeforeRequest']>[0] = (_details, callback) =>
    callback({ cancel: false });
  hasSpellChecker = true;

  setPermissionRequestHandler: SessionSlice['setPermissionRequestHandler'] = (handler) => {
    this.#request = handler;
  };
  setPermissionCheckHandler = (handler: () => boolean): void => {
    this.#check = handler;
  };
  setDevicePermissionHandler = (handler: () => boolean): void => {
    this.#device = handler;
  };
  setSpellCheckerEnabled = (enabled: boolean): void => {
    this.hasSpellChecker = enabled;
  };
  readonly webRequest: SessionSlice['webRequest'] = {
    onBeforeRequest: (listener) => {
      this.#before = listener;
    },
  };

  grants(permission: string): boolean {
    const answers: boolean[] = [];
    this.#request({}, permission, (answer) => answers.push(answer));
    return answers.includes(true) || this.#check() || this.#device();
  }
  loads(url: string): boolean {
    let isCancelled = false;
    this.#before({ url }, ({ cancel }) => (isCancelled = cancel));
    return !isCancelled;
  }
  downloads(): boolean {
    return !isPrevented((event) => this.#listeners.emit('will-download', event));
  }
}

export class FakeProtocol implements ProtocolSlice {
  readonly #handlers = new Map<string, (request: Request) => Promise<Response>>();

  handle = (scheme: string, handler: (request: Request) => Promise<Response>): void => {
    this.#handlers.set(scheme, handler);
  };
  fetch(url: string, method = 'GET'): Promise<Response> {
    const handler = this.#handlers.get(new URL(url).protocol.slice(0, -1));
    if (handler === undefined) throw new Error(`nobody handles ${url}`);
    return handler(new Request(url, { method }));
  }
}

/** Both ends of IPC: what a preload uses, and what the main process uses. */
export class FakeIpc {
  readonly #main = new Listeners();
  readonly #renderer = new Listeners();
  readonly ipcMain: IpcMainSlice = { on: this.#main.on, removeAllListeners: this.#main.clear };
  readonly mainFrame: FrameSlice & { url: string } = {
    frameTreeNodeId: 1,
    url: 'app://firstlight/',
  };
  isDestroyed = false;

  /** The contents of the window, as the main process sees them. */
  readonly contents: MainContentsSlice = {
    mainFrame: this.mainFrame,
    isDestroyed: () => this.isDestroyed,
    send: (channel, text) => {
      // Electron throws here for contents that are gone.
      if (this.isDestroyed) throw new Error('Object has been destroyed');
      setImmediate(() => this.#renderer.emit(channel, {}, text));
    },
  };
  /** `ipcRenderer` of the main frame. */
  readonly ipcRenderer = {
    on: this.#renderer.on,
    send: (channel: string, text: string) => this.sendFrom(this.mainFrame, channel, text),
  };
  sendFrom(senderFrame: IpcEvent['senderFrame'], channel: string, text: unknown): void {
    setImmediate(() => this.#main.emit(channel, { senderFrame } satisfies IpcEvent, text));
  }
}

export class FakeWindow implements WindowSlice {
  readonly #listeners = new Listeners();
  readonly webContents: MainContentsSlice;
  readonly once = this.#listeners.on;
  readonly did: string[] = [];
  minimized = false;

  constructor(contents: MainContentsSlice) {
    this.webContents = contents;
  }
  loadURL = (address: string): Promise<void> => {
    this.did.push(`load ${address}`);
    return Promise.resolve();
  };
  show = (): void => void this.did.push('show');
  focus = (): void => void this.did.push('focus');
  restore = (): void => void this.did.push('restore');
  isMinimized = (): boolean => this.minimized;
  paintFirstFrame(): void {
    this.#listeners.emit('ready-to-show');
  }
}
