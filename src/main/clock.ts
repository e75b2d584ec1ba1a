/** Waiting as a port: real on a device, driven in tests, simulated in `plan run --simulate`. */
export interface Timer {
  /** Calls back once after `ms`; the returned function calls that off. */
  after(ms: number, call: () => void): () => void;
}

/** A timer that also knows what time it is. */
export interface Clock extends Timer {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that jumps from one appointment to the next, and starts at `start` (Unix milliseconds). */
export class SimulatedClock implements Clock {
  #now: number;
  #order = 0;
  readonly #appointments = new Set<Appointment>();
  #wake: () => void = () => undefined;

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    this.#order += 1;
    const appointment = { at: this.#now + ms, order: this.#order, call };
    this.#appointments.add(appointment);
    this.#wake();
    return () => this.#appointments.delete(appointment);
  }

  /** Goes to the next appointment and keeps it. `false` where there is none. */
  advance(): boolean {
    let next: Appointment | undefined;
    for (const one of this.#appointments) {
      const isSooner = next === undefined || one.at < next.at;
      if (isSooner || (one.at === next?.at && one.order < next.order)) next = one;
    }
    if (next === undefined) return false;
    this.#appointments.delete(next);
    this.#now = next.at;
    next.call();
    return true;
  }

  /** Keeps every appointment until `end` resolves. Time stands still while there is none. */
  async runUntil<T>(end: Promise<T>): Promise<T> {
    const state = { isOver: false };
    const over = end.finally(() => (state.isOver = true));
    while (!state.isOver) {
      if (this.advance()) continue;
      const appointment = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([over, appointment]);
    }
    return over;
  }
}

interface Appointment {
  readonly at: number;
  readonly order: number;
  call(): void;
}
