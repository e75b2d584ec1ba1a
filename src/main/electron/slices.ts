// The parts of Electron's API that are used, as narrow interfaces. The rest of this folder takes
// them as parameters, so that it runs against a typed fake where Electron's binary is not to be had.

/** An event that can be called off. */
export interface Preventable {
  preventDefault(): void;
}

/** A frame that something came from, or goes to. */
export interface FrameSlice {
  /** Names a frame across navigations, among all frames of all windows. */
  readonly frameTreeNodeId: number;
  readonly url: string;
}

/** Details of a navigation of any frame. */
export interface NavigationDetails extends Preventable {
  readonly url: string;
  readonly isMainFrame: boolean;
}

export interface WebContentsSlice {
  on(
    event: 'will-frame-navigate' | 'will-redirect',
    listener: (details: NavigationDetails) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
  setWindowOpenHandler(handler: () => { action: 'deny' }): void;
}

/** The contents of the app's own window. */
export interface MainContentsSlice {
  readonly mainFrame: FrameSlice;
  isDestroyed(): boolean;
  send(channel: string, text: string): void;
}

export interface WindowSlice {
  readonly webContents: MainContentsSlice;
  once(event: 'ready-to-show', listener: () => void): unknown;
  loadURL(address: string): Promise<void>;
  show(): void;
  focus(): void;
  restore(): void;
  isMinimized(): boolean;
}

export interface SessionSlice {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, callback: (granted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  setSpellCheckerEnabled(enabled: boolean): void;
  on(event: 'will-download', listener: (event: Preventable) => void): unknown;
  readonly webRequest: {
    onBeforeRequest(
      listener: (
        details: { readonly url: string },
        callback: (response: { cancel: boolean }) => void,
      ) => void,
    ): void;
  };
}

export interface ProtocolSlice {
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void;
}

export interface IpcMainSlice {
  on(channel: string, listener: (event: IpcEvent, text: unknown) => void): unknown;
  removeAllListeners(channel: string): unknown;
}

/** What came over IPC; the frame is gone when it has navigated or been destroyed since. */
export interface IpcEvent {
  readonly senderFrame: FrameSlice | null;
}

export interface AppSlice {
  requestSingleInstanceLock(): boolean;
  whenReady(): Promise<void>;
  quit(): void;
  exit(code: number): void;
  on(event: 'second-instance' | 'window-all-closed', listener: () => void): unknown;
  on(event: 'before-quit', listener: (event: Preventable) => void): unknown;
  on(
    event: 'web-contents-created',
    listener: (event: unknown, contents: WebContentsSlice) => void,
  ): unknown;
}
