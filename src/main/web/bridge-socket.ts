import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Result, SerializedError } from '#shared';
import type { HostEndpoint } from '../transport/endpoint.ts';
import { serveBridge } from '../transport/serve-bridge.ts';
import { BRIDGE_PROTOCOL, hasProtocolToken } from './access.ts';
import { problemOfRefusal } from '../http/problem.ts';
import { sendProblem } from '../http/send-problem.ts';

/** A page that takes nothing off its socket is cut, and begins anew with a snapshot. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

export interface BridgeSocketOptions {
  readonly endpoint: HostEndpoint;
  readonly assetAddress: (plugin: string) => Result<string>;
  readonly token: string;
  readonly onBug: (error: SerializedError) => void;
}

/** Options for `@fastify/websocket`: the token must not be picked as the protocol spoken. */
export const SOCKET_OPTIONS = {
  // The largest command is a plugin call with a body of 1 MiB.
  maxPayload: 2 * 1024 * 1024,
  handleProtocols: (protocols: Set<string>) =>
    protocols.has(BRIDGE_PROTOCOL) ? BRIDGE_PROTOCOL : false,
} as const;

/** Ends open sockets at once on closing: a page that is frozen would not answer a polite close. */
export function endSockets(this: FastifyInstance, done: () => void): void {
  for (const socket of this.websocketServer.clients) socket.terminate();
  this.websocketServer.close(() => done());
}

/** The bridge at `/bridge`, for pages of the app's origin that have the token. */
export function serveBridgeSocket(app: FastifyInstance, options: BridgeSocketOptions): void {
  const open = new Set<() => void>();
  app.addHook('onClose', () => open.forEach((stop) => stop()));
  app.route({
    method: 'GET',
    url: '/bridge',
    websocket: true,
    // Before the upgrade: a socket without the token is never opened. Pages always say their
    // origin here, and `audienceOf` has compared it; what says none is no page.
    preValidation: async (request, reply) => {
      const isAllowed =
        request.headers.origin !== undefined &&
        hasProtocolToken(request.headers['sec-websocket-protocol'], options.token);
      if (!isAllowed)
        await sendProblem(
          reply,
          problemOfRefusal({ status: 401, detail: 'The bridge needs the token of this start.' }),
        );
    },
    handler: (socket) => {
      const stop = serveSocket(socket, options);
      open.add(stop);
      socket.on('close', () => {
        open.delete(stop);
        stop();
      });
    },
  });
}

function serveSocket(socket: WebSocket, { endpoint, assetAddress, onBug }: BridgeSocketOptions) {
  return serveBridge({
    endpoint,
    assetAddress,
    onBug,
    channel: {
      post: (text) => {
        if (socket.readyState !== socket.OPEN) return;
        if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
        else socket.send(text);
      },
      onText: (listener) => {
        socket.on('message', (data, isBinary) => {
          // `nodebuffer` is the default of `ws`: one message is one Buffer.
          if (!isBinary) listener((data as Buffer).toString('utf8'));
        });
      },
    },
  });
}
