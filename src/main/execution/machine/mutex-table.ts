/** Who holds which names, or waits for them. */
export interface MutexClaim {
  readonly holder: string;
  readonly names: readonly string[];
}

interface Waiter extends MutexClaim {
  /** Grows with every request: who came first. */
  readonly ticket: number;
}

/** Those who wait for one name, in order of coming. */
interface Queue {
  readonly waiters: Set<Waiter>;
  /** Goes along the set once: looking for the first of a set anew would pass all that were deleted. */
  readonly walk: Iterator<Waiter, undefined>;
  first: Waiter;
}

/**
 * The mutexes of a device, across all executions. All names of a request are taken together or not at
 * all, so that nobody holds one while waiting for another: there is no deadlock. First come, first
 * served for each name: a request waits while an earlier one wants any of its names, even a free one;
 * so none is starved by others that want less.
 */
export class MutexTable {
  readonly #claims = new Map<string, MutexClaim>();
  readonly #owners = new Map<string, string>();
  readonly #waiters = new Map<string, Waiter>();
  readonly #queues = new Map<string, Queue>();
  #tickets = 0;

  /** True: held now. False: it waits, and some `release` will return it. A holder asks once at a time. */
  acquire(holder: string, names: readonly string[]): boolean {
    if (this.#claims.has(holder) || this.#waiters.has(holder)) {
      throw new Error(`${holder} holds mutexes or waits for them already`);
    }
    const wanted = [...new Set(names)];
    if (wanted.every((name) => !this.#owners.has(name) && !this.#queues.has(name))) {
      this.#hold({ holder, names: wanted });
      return true;
    }
    this.#tickets += 1;
    const waiter: Waiter = { holder, names: wanted, ticket: this.#tickets };
    this.#waiters.set(holder, waiter);
    for (const name of wanted) this.#enqueue(name, waiter);
    return false;
  }

  /**
   * Gives back what a holder has, or takes its waiting request back; nothing for one that is unknown.
   * Returns those that hold what they wanted thereby, in order of coming.
   */
  release(holder: string): readonly string[] {
    const names = this.#claims.get(holder)?.names;
    const waiter = this.#waiters.get(holder);
    if (names !== undefined) {
      this.#claims.delete(holder);
      for (const name of names) this.#owners.delete(name);
    } else if (waiter !== undefined) {
      this.#leave(waiter);
    }
    // Only those at the front of a queue that moved can have become ready; and two of them never want
    // the same name, so that granting one takes nothing from another.
    const ready = new Set<Waiter>();
    for (const name of names ?? waiter?.names ?? []) {
      const first = this.#queues.get(name)?.first;
      if (first !== undefined && this.#isReady(first)) ready.add(first);
    }
    const granted = [...ready].sort((a, b) => a.ticket - b.ticket);
    for (const next of granted) {
      this.#leave(next);
      this.#hold(next);
    }
    return granted.map((next) => next.holder);
  }

  /** All that hold something, for diagnostics. */
  holders(): readonly MutexClaim[] {
    return [...this.#claims.values()];
  }

  /** All that wait, in order of coming, for diagnostics. */
  waiting(): readonly MutexClaim[] {
    return [...this.#waiters.values()].map(({ holder, names }) => ({ holder, names }));
  }

  #isReady(waiter: Waiter): boolean {
    return waiter.names.every(
      (name) => !this.#owners.has(name) && this.#queues.get(name)?.first === waiter,
    );
  }

  #hold({ holder, names }: MutexClaim): void {
    this.#claims.set(holder, { holder, names });
    for (const name of names) this.#owners.set(name, holder);
  }

  #enqueue(name: string, waiter: Waiter): void {
    const queue = this.#queues.get(name);
    if (queue !== undefined) {
      queue.waiters.add(waiter);
      return;
    }
    const waiters = new Set([waiter]);
    const walk = waiters.values();
    walk.next();
    this.#queues.set(name, { waiters, walk, first: waiter });
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter.holder);
    for (const name of waiter.names) {
      const queue = this.#queues.get(name);
      if (queue === undefined) continue;
      queue.waiters.delete(waiter);
      if (queue.first !== waiter) continue;
      const next = queue.walk.next().value;
      if (next === undefined) this.#queues.delete(name);
      else queue.first = next;
    }
  }
}
