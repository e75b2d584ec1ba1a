import type { Command } from './commands.ts';
import type { HostEvent } from './events.ts';
import type { Json } from './json.ts';
import type { Result } from './result.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * All that a renderer can ask of its host, the same over Electron IPC, WebSocket and memory.
 * A new feature is a new event or command, never a fifth method.
 */
export interface Bridge {
  /** The present snapshot. Events with a higher `seq` follow through `subscribe`. */
  snapshot(): Promise<Snapshot>;
  /** Calls `listener` with every event from now on; the returned function ends it. */
  subscribe(listener: (event: HostEvent) => void): () => void;
  /** Sends a command; the value is what it gives back, `null` for most. Never rejects. */
  send(command: Command): Promise<Result<Json>>;
  /** Where a plugin's screen is to be loaded from: an address on an origin of its own. */
  assetAddress(plugin: string): Promise<string>;
}
