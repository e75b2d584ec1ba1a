/** What `raceAbort` gives when the signal was first. */
export const ABORTED = Symbol('aborted');

/** Waits for the promise or for the signal, whichever is first. */
export async function raceAbort<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | typeof ABORTED> {
  if (signal.aborted) return ABORTED;
  let stopListening = (): void => undefined;
  const aborted = new Promise<typeof ABORTED>((resolve) => {
    const listener = (): void => resolve(ABORTED);
    signal.addEventListener('abort', listener, { once: true });
    stopListening = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}
