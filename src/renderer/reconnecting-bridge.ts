import type { Bridge, HostEvent } from '#shared';
import {
  ConnectionLost,
  connectBridge,
  type BridgeConnection,
  type TextChannel,
} from '../shared/bridge-rpc.ts';

/** An open connection, as the transport below gives it. */
export interface OpenSocket {
  readonly channel: TextChannel;
  /** Resolves when it is gone, for whatever reason. */
  readonly closed: Promise<void>;
}

/** Follows no snapshot, whatever its `seq`: shows a listener that it has missed something. */
const GAP: HostEvent = {
  seq: Number.POSITIVE_INFINITY,
  type: 'log.written',
  plugin: '',
  level: 'info',
  text: 'The connection to the host is back.',
};

export interface ReconnectingOptions {
  /** Opens one connection; rejects when that does not work. */
  readonly open: () => Promise<OpenSocket>;
  /** Waits before the next try; injected so that tests drive the time. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Waits between tries: short at first, since the host is on this very machine. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;

/**
 * A bridge over connections that may break. Commands under way then fail as data with
 * `bridge/disconnected`, since nobody knows whether they arrived; questions are asked again. After a
 * break in which events were missed, listeners get an event whose `seq` shows a gap, so that a store
 * asks for a snapshot as it does on every gap.
 */
export function reconnectingBridge({ open, wait }: ReconnectingOptions): Bridge {
  const listeners = new Set<(event: HostEvent) => void>();
  let current = deferred<BridgeConnection>();
  let connected: BridgeConnection | undefined;
  /** Number of the last event that listeners have had, or can know of by a snapshot. */
  let lastSeq: number | undefined;

  const deliver = (event: HostEvent) => {
    lastSeq = event.seq;
    for (const listener of [...listeners]) listener(event);
  };

  const catchUp = async (connection: BridgeConnection) => {
    if (lastSeq === undefined) return;
    const { seq } = await connection.bridge.snapshot();
    if (seq === lastSeq) return;
    for (const listener of [...listeners]) listener(GAP);
  };

  /** Runs as long as its page does. */
  const keepConnected = async (): Promise<never> => {
    let delay = FIRST_WAIT_MS;
    for (;;) {
      const socket = await open().catch(() => undefined);
      if (socket !== undefined) {
        delay = FIRST_WAIT_MS;
        const connection = connectBridge(socket.channel);
        connected = connection;
        // Asked before events are passed on: one that came in between is in both, and harmless.
        const caughtUp = catchUp(connection).catch(() => undefined);
        connection.bridge.subscribe(deliver);
        await caughtUp;
        current.resolve(connection);
        await socket.closed;
        connected = undefined;
        current = deferred<BridgeConnection>();
        connection.close();
      }
      await wait(delay);
      delay = Math.min(delay * 2, LONGEST_WAIT_MS);
    }
  };
  void keepConnected();

  /** Asks again on the next connection when this one breaks. Only for what changes nothing. */
  const ask = async <T>(question: (bridge: Bridge) => Promise<T>): Promise<T> => {
    for (;;) {
      const connection = await current.promise;
      try {
        return await question(connection.bridge);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
      }
    }
  };

  return {
    snapshot: async () => {
      const snapshot = await ask((bridge) => bridge.snapshot());
      lastSeq = snapshot.seq;
      return snapshot;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: async (command) =>
      connected === undefined
        ? {
            ok: false,
            failure: { code: 'bridge/disconnected', message: new ConnectionLost().message },
          }
        : connected.bridge.send(command),
    assetAddress: (plugin) => ask((bridge) => bridge.assetAddress(plugin)),
  };
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
