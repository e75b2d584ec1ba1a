// Not part of the barrel: only the two ends of a transport need birpc, and the command line and
// the plugin processes must start without it.
import { createBirpc } from 'birpc';
import type { Bridge } from './bridge.ts';
import type { Command } from './commands.ts';
import type { HostEvent } from './events.ts';
import { serializeError } from './failure.ts';
import type { Json } from './json.ts';
import { fail, type Result } from './result.ts';
import { reduce, type Snapshot } from './snapshot.ts';

/**
 * Carries texts to the other side, in order. All that a transport has to bring; everything goes as
 * JSON text so that the in-memory form can pass nothing that a socket could not.
 */
export interface TextChannel {
  /** Never throws: what cannot be sent any more is lost with its connection. */
  readonly post: (text: string) => void;
  readonly onText: (listener: (text: string) => void) => void;
}

/** What the host answers. Plain data only: an `Error` does not survive the way. */
export interface HostFunctions {
  snapshot(): Promise<Snapshot>;
  send(command: Command): Promise<Result<Json>>;
  assetAddress(plugin: string): Promise<Result<string>>;
}

/** What the host tells unasked. */
export interface RendererFunctions {
  event(event: HostEvent): void;
}

/** A reply to a question that nobody asked: birpc drops it. */
const NOTHING = { t: 's', i: '' };

/**
 * Reads one message of the other side. Anything that birpc would stumble over becomes a message
 * that means nothing: its own reading trusts the sender, and a `null` sent by a page must not end
 * the host.
 */
export function parseRpcMessage(text: string): unknown {
  const message = parseJson(text);
  if (typeof message !== 'object' || message === null) return NOTHING;
  const { t, i, m, a } = message as { [key: string]: unknown };
  const isId = i === undefined || typeof i === 'string';
  const isCall = t === 'q' && isId && typeof m === 'string' && Array.isArray(a);
  const isReply = t === 's' && typeof i === 'string';
  return isCall || isReply ? message : NOTHING;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The renderer's end of one connection. */
export interface BridgeConnection {
  readonly bridge: Bridge;
  /** Ends it: commands under way fail as data, other calls reject with a `ConnectionLost`. */
  close(): void;
}

/** The connection ended before the answer came. Whoever holds the bridge may ask again. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  constructor() {
    super('The connection to the host was lost.');
  }
}

/** Makes the four methods of a `Bridge` out of a channel whose other end is served by the host. */
export function connectBridge(channel: TextChannel): BridgeConnection {
  const listeners = new Set<(event: HostEvent) => void>();
  const local: RendererFunctions = {
    event: (event) => {
      for (const listener of [...listeners]) listener(event);
    },
  };
  const host = createBirpc<HostFunctions, RendererFunctions>(local, {
    post: channel.post,
    on: channel.onText,
    serialize: (message: unknown) => JSON.stringify(message),
    deserialize: parseRpcMessage,
    resolver: own(local),
    // A plugin's route may take as long as it likes; a lost connection ends the wait.
    timeout: -1,
  });

  const bridge: Bridge = {
    snapshot: async () => {
      // An event can overtake the answer, being posted while the host still wraps it. Such events
      // are applied here, or whoever asked would miss them until the next one shows a gap.
      const overtaking: HostEvent[] = [];
      const stop = bridge.subscribe((event) => overtaking.push(event));
      try {
        const snapshot = await host.$call('snapshot');
        return overtaking.filter((event) => event.seq > snapshot.seq).reduce(reduce, snapshot);
      } finally {
        stop();
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: async (command) => {
      try {
        return await host.$call('send', command);
      } catch (error) {
        const lost = error instanceof ConnectionLost;
        return fail({
          code: lost ? 'bridge/disconnected' : 'bridge/failed',
          message: serializeError(error).message,
        });
      }
    },
    assetAddress: async (plugin) => {
      const result = await host.$call('assetAddress', plugin);
      if (!result.ok) throw new Error(result.failure.message);
      return result.value;
    },
  };
  return { bridge, close: () => host.$close(new ConnectionLost()) };
}

/**
 * Lets a call reach only what an object has itself. A plain look-up would also find `constructor`
 * and the rest of `Object.prototype`.
 */
export function own(functions: object) {
  return (name: string, found: (...args: unknown[]) => unknown) =>
    Object.hasOwn(functions, name) ? found : undefined;
}
