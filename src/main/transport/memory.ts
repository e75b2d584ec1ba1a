import type { Bridge } from '#shared';
import { connectBridge, type TextChannel } from '../../shared/bridge-rpc.ts';
import { serveBridge, type ServeBridgeOptions } from './serve-bridge.ts';

/**
 * A bridge within one process, for tests and headless use. Everything goes through JSON text and
 * arrives in a later turn, as with the other transports: nothing can be shared by reference, and no
 * caller can come to rely on an answer within its own turn.
 */
export function memoryBridge(options: Omit<ServeBridgeOptions, 'channel'>): {
  readonly bridge: Bridge;
  close(): void;
} {
  const [renderer, host] = channelPair();
  const stop = serveBridge({ ...options, channel: host });
  const connection = connectBridge(renderer);
  return {
    bridge: connection.bridge,
    close: () => {
      stop();
      connection.close();
    },
  };
}

function channelPair(): readonly [TextChannel, TextChannel] {
  const left = new Set<(text: string) => void>();
  const right = new Set<(text: string) => void>();
  const side = (
    mine: Set<(text: string) => void>,
    other: Set<(text: string) => void>,
  ): TextChannel => ({
    post: (text) => {
      setImmediate(() => other.forEach((listener) => listener(text)));
    },
    onText: (listener) => void mine.add(listener),
  });
  return [side(left, right), side(right, left)];
}
