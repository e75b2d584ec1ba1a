import type { Bridge } from '#shared';
import { webSocketBridge } from './websocket-bridge.ts';

declare global {
  interface Window {
    /** Put there by Electron's preload; absent in the browser shell. */
    readonly firstlight?: Bridge;
  }
}

/** Finds the way to the host. The only place where the two shells differ for the renderer. */
export function connect(page: Window): Bridge {
  return page.firstlight ?? webSocketBridge(page.location);
}
