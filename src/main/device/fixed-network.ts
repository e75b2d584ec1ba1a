import { ok, type NetworkState } from '#shared';
import type { NetworkPort } from './device-port.ts';

/** A network that is there or not and never changes: what a run without a screen has. */
export function createFixedNetwork({ online }: { readonly online: boolean }): NetworkPort {
  const state: NetworkState = {
    wired: false,
    scanning: false,
    networks: [],
    ...(online ? { connected: 'network' } : {}),
  };
  return {
    state: () => state,
    onChange: () => () => undefined,
    scan: () => Promise.resolve(),
    connect: () => Promise.resolve(ok(undefined)),
    dispose: () => undefined,
  };
}
