import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fail, ok, type Result } from '#shared';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A socket that listens already, though what answers is still being loaded. */
export interface EarlyListener {
  readonly server: Server;
  readonly port: number;
  /** Answers what has arrived so far, and everything from now on. */
  readonly handOver: (handler: HttpHandler) => void;
  /** Stops listening and ends every connection. */
  readonly close: () => Promise<void>;
}

/**
 * Listens on loopback, on `port` or on any free one for 0. The browser can so be started before the
 * host is up: requests that come early are held until the handler is there.
 */
export function listenEarly(port: number): Promise<Result<EarlyListener>> {
  const held: (readonly [IncomingMessage, ServerResponse])[] = [];
  let handle: HttpHandler = (request, response) => void held.push([request, response]);
  const server = createServer((request, response) => handle(request, response));
  // Node's own list forgets a connection once it is a WebSocket.
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(fail(cannotListen(port, error))),
    );
    // Never on all interfaces: nobody on the network has business here.
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      resolve(
        ok({
          server,
          port: (server.address() as AddressInfo).port,
          handOver: (handler) => {
            handle = handler;
            for (const [request, response] of held.splice(0)) handler(request, response);
          },
          close: () =>
            new Promise((closed) => {
              server.close(() => closed());
              for (const socket of open) socket.destroy();
            }),
        }),
      );
    });
  });
}

function cannotListen(port: number, error: NodeJS.ErrnoException) {
  const hint = 'Choose another with --port, or leave it out for any free one.';
  if (error.code === 'EADDRINUSE')
    return {
      code: 'shell/port-taken',
      message: `Port ${port} is in use by another program.`,
      hint,
    } as const;
  return {
    code: 'shell/port-taken',
    message: `Port ${port} cannot be listened on: ${error.message}.`,
    hint,
  } as const;
}
