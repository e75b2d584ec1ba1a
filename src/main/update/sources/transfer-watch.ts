import type { Timer } from '../../clock.ts';

/** What became of work that was watched: its value, or it took too long, or the whole is over. */
export type Watched<T> = { readonly value: T } | 'late' | 'over';

type Ended = 'late' | 'cancelled';

/** Keeps the time of one transfer, and an eye on who may call it off. */
export interface TransferWatch {
  /** Why it is over, if it is: its time is up, or the signal has said so. */
  ended(): Ended | undefined;
  /** Waits for work, but no longer than `ms`. One at a time; what comes later is dropped. */
  within<T>(work: Promise<T>, ms: number): Promise<Watched<T>>;
  pause(ms: number): Promise<void>;
  /** To be called at the end: nothing is waited for or listened to any more. */
  dispose(): void;
}

/** Starts the clock. `totalMs` is for everything that this watch will see. */
export function watchTransfer(options: {
  readonly clock: Timer;
  readonly signal: AbortSignal;
  readonly totalMs: number;
}): TransferWatch {
  const { clock, signal, totalMs } = options;
  let over: Ended | undefined;
  // One waiter in place of a promise for all to race against: that would keep a callback per chunk.
  let wake = (): void => undefined;

  const end = (why: Ended): void => {
    over ??= why;
    wake();
  };
  const cancel = (): void => end('cancelled');
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  const callOffTotal = clock.after(totalMs, () => end('late'));

  const within = <T>(work: Promise<T>, ms: number): Promise<Watched<T>> =>
    new Promise((resolve) => {
      let isSettled = false;
      const settle = (act: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        callOff();
        wake = () => undefined;
        act();
      };
      const callOff = clock.after(ms, () => settle(() => resolve('late')));
      wake = () => settle(() => resolve('over'));
      // Its rejection is passed on as it is.
      const done = work.then((value) => ({ value }));
      const finish = (): void => settle(() => resolve(done));
      done.then(finish, finish);
      if (over !== undefined) wake();
    });
  return {
    ended: () => over,
    within,
    pause: async (ms) => {
      await within(new Promise<never>(() => undefined), ms);
    },
    dispose: () => {
      signal.removeEventListener('abort', cancel);
      callOffTotal();
    },
  };
}
