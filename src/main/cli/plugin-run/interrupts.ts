/** As a shell has it for a program that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

export interface Interrupts {
  /** Resolves at the first Ctrl-C, or whatever else asks a program to end. */
  readonly first: Promise<'interrupted'>;
  /** Leaves the signals to the system again. */
  readonly ignore: () => void;
}

/** Listens for Ctrl-C. The second one ends the program at once: what is to be tidied up hangs. */
export function onInterrupts(): Interrupts {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let tell: (said: 'interrupted') => void = () => undefined;
  const first = new Promise<'interrupted'>((resolve) => (tell = resolve));
  let count = 0;
  const interrupt = (): void => {
    count += 1;
    if (count > 1) process.exit(EXIT_INTERRUPTED);
    tell('interrupted');
  };
  for (const signal of signals) process.on(signal, interrupt);
  return { first, ignore: () => signals.forEach((signal) => process.off(signal, interrupt)) };
}
