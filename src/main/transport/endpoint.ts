import type { HostEvent, Json, Result, Snapshot } from '#shared';

/**
 * The host's end of the bridge: what the runtime offers and every transport (Electron IPC,
 * WebSocket, memory) carries. `send` takes anything and checks it: a renderer is not trusted.
 */
export interface HostEndpoint {
  snapshot(): Snapshot;
  subscribe(listener: (event: HostEvent) => void): () => void;
  send(command: unknown): Promise<Result<Json>>;
}
