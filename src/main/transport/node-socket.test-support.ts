import { WebSocket } from 'ws';
import { openSocket } from '../../renderer/open-socket.ts';
import { reconnectingBridge } from '../../renderer/reconnecting-bridge.ts';
import type { OpenSocket } from '../../renderer/reconnecting-bridge.ts';

/** Opens a socket to the bridge of a server as a page would: with an origin, token and protocol. */
function openNodeSocket(port: number, token: string): Promise<OpenSocket> {
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/bridge`,
    ['firstlight.v1', `token.${token}`],
    { origin: `http://127.0.0.1:${port}` },
  );
  // A refusal shows as a close as well, which is what `openSocket` goes by.
  socket.on('error', () => undefined);
  return openSocket({
    send: (text) => socket.send(text),
    get readyState() {
      return socket.readyState;
    },
    addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) => {
      if (type === 'message') socket.addEventListener('message', ({ data }) => listener({ data }));
      else socket.on(type, () => listener({ data: undefined }));
    },
  });
}

/** The client of the renderer on such a socket. Does not try again: a test has no use for it. */
export function nodeBridge(port: number, token: string) {
  return reconnectingBridge({
    open: () => openNodeSocket(port, token),
    wait: () => new Promise(() => undefined),
  });
}
