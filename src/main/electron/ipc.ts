import { BRIDGE_CHANNEL } from '../../preload/expose-bridge.ts';
import type { TextChannel } from '../../shared/bridge-rpc.ts';
import { isAppAddress } from './addresses.ts';
import type { IpcMainSlice, MainContentsSlice } from './slices.ts';

/**
 * The bridge's channel over Electron IPC. Takes texts from the main frame of the app's window, on
 * the app's own page, and from nobody else: a plugin's frame lives in the same window.
 */
export function ipcChannel(options: {
  readonly ipcMain: IpcMainSlice;
  readonly contents: MainContentsSlice;
}): TextChannel & { readonly close: () => void } {
  const { ipcMain, contents } = options;
  return {
    post: (text) => {
      if (!contents.isDestroyed()) contents.send(BRIDGE_CHANNEL, text);
    },
    onText: (listener) => {
      ipcMain.on(BRIDGE_CHANNEL, ({ senderFrame }, text) => {
        const isMain = senderFrame?.frameTreeNodeId === contents.mainFrame.frameTreeNodeId;
        if (!isMain || !isAppAddress(senderFrame.url)) return;
        if (typeof text === 'string') listener(text);
      });
    },
    close: () => void ipcMain.removeAllListeners(BRIDGE_CHANNEL),
  };
}
