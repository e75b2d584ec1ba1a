import { ConnectionLost, type TextChannel } from '../shared/bridge-rpc.ts';
import type { OpenSocket } from './reconnecting-bridge.ts';

/** What is used of a `WebSocket`; tests bring one that can say where it comes from. */
export interface SocketLike {
  send(text: string): void;
  readonly readyState: number;
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

const OPEN = 1;

/** Resolves when the socket is open; rejects when it closes without ever having been. */
export function openSocket(socket: SocketLike): Promise<OpenSocket> {
  return new Promise((resolve, reject) => {
    const closed = new Promise<void>((done) => socket.addEventListener('close', done));
    void closed.then(() => reject(new ConnectionLost()));
    const channel: TextChannel = {
      post: (text) => {
        if (socket.readyState === OPEN) socket.send(text);
      },
      onText: (listener) =>
        socket.addEventListener('message', ({ data }) => {
          if (typeof data === 'string') listener(data);
        }),
    };
    socket.addEventListener('open', () => resolve({ channel, closed }));
  });
}
