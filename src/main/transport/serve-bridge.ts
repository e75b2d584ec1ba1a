import { createBirpc } from 'birpc';
import { fail, ok, serializeError, type Result, type SerializedError } from '#shared';
import {
  own,
  parseRpcMessage,
  type HostFunctions,
  type RendererFunctions,
  type TextChannel,
} from '../../shared/bridge-rpc.ts';
import type { HostEndpoint } from './endpoint.ts';

/** What a shell brings to serve its renderer. */
export interface ServeBridgeOptions {
  readonly endpoint: HostEndpoint;
  /** Where a plugin's screen is loaded from; every shell has addresses of its own kind. */
  readonly assetAddress: (plugin: string) => Result<string>;
  readonly channel: TextChannel;
  /** Told of exceptions of the host, which are bugs; the renderer gets a failure. */
  readonly onBug: (error: SerializedError) => void;
}

/**
 * The host's end of one connection, the same for every transport. Starts to pass events on at once,
 * so a snapshot asked for later can have no gap behind it. The returned function ends it.
 */
export function serveBridge({
  endpoint,
  assetAddress,
  channel,
  onBug,
}: ServeBridgeOptions): () => void {
  const local: HostFunctions = {
    snapshot: () => Promise.resolve(endpoint.snapshot()),
    send: async (command) => {
      try {
        return await endpoint.send(command);
      } catch (error) {
        const bug = serializeError(error);
        onBug(bug);
        return fail({ code: 'bridge/failed', message: bug.message });
      }
    },
    assetAddress: (plugin) => Promise.resolve(assetAddress(plugin)),
  };
  const renderer = createBirpc<RendererFunctions, HostFunctions>(local, {
    post: channel.post,
    on: channel.onText,
    serialize: (message: unknown) => JSON.stringify(message),
    deserialize: parseRpcMessage,
    resolver: own(local),
    // An answer that has no JSON form, say: a bug as well, and none of the page's business.
    onGeneralError: (error) => {
      onBug(serializeError(error));
      return true;
    },
  });
  const stop = endpoint.subscribe((event) => {
    renderer.$callEvent('event', event).catch((error: unknown) => onBug(serializeError(error)));
  });
  return () => {
    stop();
    renderer.$close();
  };
}

/** Makes an `assetAddress` out of a look-up that gives nothing for a plugin that is not there. */
export function addressOf(
  lookUp: (plugin: string) => string | undefined,
): (plugin: string) => Result<string> {
  return (plugin) => {
    const address = lookUp(plugin);
    return address === undefined
      ? fail({
          code: 'command/unknown-plugin',
          message: `No screen of a plugin named "${plugin}" is up.`,
        })
      : ok(address);
  };
}
