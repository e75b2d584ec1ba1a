import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long the end may take before it is forced. */
const END_MS = 10_000;
/** Ctrl-C reaches every process of the terminal, and `npm start` passes it on as well: that is one. */
const SAME_MS = 1_000;

/**
 * Resolves with an exit code when somebody wants this process to end: by a signal, or because the
 * process that started it is gone. A second signal, a while later, ends it at once.
 */
export function stopAsked(): Promise<number> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const ask = (code: number) => {
      if (askedAt !== undefined) {
        if (performance.now() - askedAt > SAME_MS) process.exit(code);
        return;
      }
      askedAt = performance.now();
      setTimeout(() => process.exit(code), END_MS).unref();
      resolve(code);
    };
    for (const signal of SIGNALS) process.on(signal, () => ask(128 + constants.signals[signal]));
    // `npm start` keeps a channel open; killed, it could pass nothing on.
    process.once('disconnect', () => ask(128 + constants.signals.SIGHUP));
  });
}
