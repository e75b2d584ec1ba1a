import type { PluginEntry, Result, WorkProgress } from '#shared';

/** Gets plugins that do not come with the device: fetched, checked against their digest, unpacked. */
export interface PluginSupply {
  /**
   * Fetches these, in this order, a few at a time, in the background; what an earlier call still
   * wanted is called off, but for what `get` waits for. Never fails: `get` says what went wrong.
   */
  prefetch(entries: readonly PluginEntry[]): void;
  /**
   * The unpacked package of one plugin: at once if it is there, else ahead of all that is only
   * wanted. Failures: `plugin/unreachable`, `plugin/not-found`, `plugin/denied`,
   * `plugin/download-timeout`, `plugin/wrong-digest`, `plugin/bad-archive`, `plugin/not-stored`,
   * `plugin/untrusted`, `plugin/cancelled`.
   */
  get(
    entry: PluginEntry,
    request: {
      readonly signal: AbortSignal;
      /** Without a network only what is kept can be had. */
      readonly isOffline?: boolean;
      readonly onProgress: (work: WorkProgress) => void;
    },
  ): Promise<Result<string>>;
  /** Resolves when all that was wanted by the last `prefetch` is there, or has failed. */
  whenIdle(): Promise<void>;
  /** Ends all transfers; what was fetched so far is kept for a resume. */
  dispose(): Promise<void>;
}
