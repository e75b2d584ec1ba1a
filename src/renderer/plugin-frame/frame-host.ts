import {
  fail,
  isClientHello,
  isClientToHost,
  serializeError,
  type ClientToHost,
  type HostToClient,
  type Json,
  type Result,
} from '#shared';

/** What is used of a `MessageEvent`. */
export interface WindowMessage {
  readonly source: unknown;
  readonly origin: string;
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}

export interface FrameHostOptions {
  /** The frame's window, by which its messages are known. */
  readonly source: () => unknown;
  /** The origin that was loaded into the frame. */
  readonly origin: string;
  /** The frame is there, maybe again after a reload of its own: greet it. */
  readonly onHello: () => void;
  /** What the frame asks for. */
  readonly onRequest: (request: ClientToHost) => Promise<Result<Json>>;
}

/** The renderer's end of the conversation with one frame. */
export interface FrameHost {
  /** Takes every message that arrives at the page's window; most are not for it. */
  readonly receive: (message: WindowMessage) => void;
  /** Tells the frame something; nothing is sent to a frame that has not said hello. */
  readonly post: (message: HostToClient) => void;
  readonly close: () => void;
}

/**
 * Talks to a plugin's screen. Trusts nothing of it: a hello counts only from this very frame and
 * only while its own origin is loaded there, and a request that has not the right form is dropped.
 */
export function createFrameHost(options: FrameHostOptions): FrameHost {
  let port: MessagePort | undefined;

  const post = (message: HostToClient) => port?.postMessage(message);

  const answer = async (request: ClientToHost, from: MessagePort) => {
    const result = await options
      .onRequest(request)
      .catch((error: unknown) =>
        fail({ code: 'bridge/failed', message: serializeError(error).message } as const),
      );
    // A frame that has reloaded meanwhile has a new port, and never asked.
    if (from === port) post({ type: 'reply', id: request.id, result });
  };

  const close = () => {
    port?.close();
    port = undefined;
  };

  return {
    receive: ({ source, origin, data, ports }) => {
      if (source !== options.source() || origin !== options.origin) return;
      const [given] = ports;
      if (!isClientHello(data) || given === undefined) return;
      close();
      port = given;
      given.onmessage = ({ data: request }: { readonly data: unknown }) => {
        if (isClientToHost(request)) void answer(request, given);
      };
      options.onHello();
    },
    post,
    close,
  };
}

/** The origin of an address, also for schemes of Electron's that `URL` does not know. */
export function originOf(address: string): string {
  const { origin, protocol, host } = new URL(address);
  return origin === 'null' ? `${protocol}//${host}` : origin;
}
