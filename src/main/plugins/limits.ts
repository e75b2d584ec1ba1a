/** Time limits of a plugin's process, in milliseconds. */
export interface PluginLimits {
  /** From its launch to the end of `initialize`. */
  readonly startMs: number;
  /** For `shutdown`. */
  readonly shutdownMs: number;
  /** For `run` to end by itself after its signal was aborted. */
  readonly cancelMs: number;
  /** Between SIGTERM and SIGKILL, and for the process to end after `shutdown`. */
  readonly killMs: number;
  readonly healthMs: number;
}

export const DEFAULT_LIMITS: PluginLimits = {
  startMs: 10_000,
  shutdownMs: 3_000,
  cancelMs: 5_000,
  killMs: 1_000,
  healthMs: 2_000,
};
