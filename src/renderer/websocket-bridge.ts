import type { Bridge } from '#shared';
import { openSocket } from './open-socket.ts';
import { reconnectingBridge } from './reconnecting-bridge.ts';

/** What is used of the page's `location`. */
export interface PageAddress {
  readonly host: string;
  readonly hash: string;
}

/** Subprotocol that the host speaks; the token goes beside it, as a page can set no headers. */
const PROTOCOL = 'firstlight.v1';
const TOKEN_KEY = 'firstlight-token';

/**
 * The bridge of a page that the browser shell serves. The token is in the fragment of the page's
 * address, which no request carries; it is kept for reloads of this tab.
 */
export function webSocketBridge(page: PageAddress): Bridge {
  const given = /^#token=([\w-]+)$/.exec(page.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(TOKEN_KEY, given);
    // Out of the address bar, so that it is not in a screenshot or a copied address.
    history.replaceState(null, '', '/');
  }
  const token = given ?? sessionStorage.getItem(TOKEN_KEY) ?? '';
  return reconnectingBridge({
    open: () => openSocket(new WebSocket(`ws://${page.host}/bridge`, [PROTOCOL, `token.${token}`])),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
}
