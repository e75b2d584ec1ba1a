/** Waiting as a port: simulated devices and the updater's budget run on any clock. */
export interface Clock {
  /** Calls back once after `ms`; the returned function calls that off. */
  after(ms: number, call: () => void): () => void;
}
