import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long the end may take before it is forced. */
const END_MS = 10_000;

/**
 * Resolves with an exit code when somebody wants this process to end: by a signal, or because the
 * process that started it is gone. A second signal ends it at once.
 */
export function stopAsked(): Promise<number> {
  return new Promise((resolve) => {
    let isAsked = false;
    const ask = (code: number) => {
      if (isAsked) process.exit(code);
      isAsked = true;
      setTimeout(() => process.exit(code), END_MS).unref();
      resolve(code);
    };
    for (const signal of SIGNALS) process.on(signal, () => ask(128 + constants.signals[signal]));
    // `npm start` keeps a channel open; killed, it could pass nothing on.
    process.once('disconnect', () => ask(128 + constants.signals.SIGHUP));
  });
}
