import type { Json, Result } from '#shared';
import type { ProcessState } from './lifecycle.ts';

/** A loaded plugin as the servers see it: metadata and implementation, bound together. */
export interface DirectoryEntry {
  readonly name: string;
  readonly route: string;
  readonly version: string;
  readonly hasScreen: boolean;
  /** Asks one of its routes. Never rejects. */
  call(route: string, body: Json): Promise<Result<Json>>;
  /** A file of its screen by URL path below its root; climbing out gives a failure. */
  webFile(urlPath: string): Promise<Result<{ readonly path: string; readonly type: string }>>;
}

/** The plugins that are loaded now. What the shells need of the plugin registry. */
export interface PluginDirectory {
  list(): readonly DirectoryEntry[];
  byName(name: string): DirectoryEntry | undefined;
  byRoute(route: string): DirectoryEntry | undefined;
  /** Asks each of them how it is; those that have ended are in it too. Never rejects. */
  health(): Promise<readonly PluginHealth[]>;
}

/** How a plugin's process is. */
export interface PluginHealth {
  readonly name: string;
  readonly route: string;
  readonly state: ProcessState;
  /** `false` where it ended by itself, does not answer, or says so. */
  readonly healthy: boolean;
  /** What it, or the app, says of that. */
  readonly message?: string;
}
