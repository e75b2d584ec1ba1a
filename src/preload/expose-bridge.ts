import type { Bridge } from '#shared';
import { connectBridge } from '../shared/bridge-rpc.ts';

/** IPC channel of the bridge, both ways. Its messages are JSON texts. */
export const BRIDGE_CHANNEL = 'firstlight:bridge';

/** What is used of Electron's `ipcRenderer`. */
export interface IpcRendererSlice {
  send(channel: string, text: string): void;
  on(channel: string, listener: (event: unknown, text: unknown) => void): unknown;
}

/** What is used of Electron's `contextBridge`. */
export interface ContextBridgeSlice {
  exposeInMainWorld(key: string, api: Bridge): void;
}

/**
 * Gives the page `window.firstlight`, a `Bridge` and nothing else: no `ipcRenderer`, no event
 * objects, no channel names (Electron's checklist, point 20).
 */
export function exposeBridge(options: {
  readonly ipcRenderer: IpcRendererSlice;
  readonly contextBridge: ContextBridgeSlice;
}): void {
  const { ipcRenderer, contextBridge } = options;
  const { bridge } = connectBridge({
    post: (text) => ipcRenderer.send(BRIDGE_CHANNEL, text),
    onText: (listener) => {
      ipcRenderer.on(BRIDGE_CHANNEL, (_event, text) => {
        if (typeof text === 'string') listener(text);
      });
    },
  });
  contextBridge.exposeInMainWorld('firstlight', {
    snapshot: () => bridge.snapshot(),
    subscribe: (listener) => bridge.subscribe(listener),
    send: (command) => bridge.send(command),
    assetAddress: (plugin) => bridge.assetAddress(plugin),
  });
}
