import type { ExecutionEvent } from '#shared';
import type { ExecutionEngine } from '../execution-engine.ts';

/** The most events that it hears before it goes away. */
const LONGEST_STAY = 8;
const LONGEST_ABSENCE_MS = 200;

/** Hears one execution, but goes away at random, and comes back with the id of what it heard last. */
export class Subscriber {
  reconnections = 0;
  /** Events that did not follow the one before, or could not be had any more. */
  wrong = 0;
  readonly #engine: ExecutionEngine;
  readonly #executionId: string;
  readonly #random: () => number;
  #last: ExecutionEvent | undefined;
  #heard = 0;
  #stay = 0;
  #unsubscribe: (() => void) | undefined;
  #absence: NodeJS.Timeout | undefined;

  constructor(engine: ExecutionEngine, executionId: string, random: () => number) {
    this.#engine = engine;
    this.#executionId = executionId;
    this.#random = random;
    this.#subscribe();
  }

  get heard(): number {
    return this.#heard;
  }

  /** Hears the rest, and then no more. What was to be the end and is not, is wrong. */
  finish(): void {
    clearTimeout(this.#absence);
    this.#stay = Infinity;
    if (this.#unsubscribe === undefined) this.#subscribe(Infinity);
    this.#unsubscribe?.();
    const last = this.#last;
    if (last?.type !== 'ExecutionStatus' || last.status !== 'completed') this.wrong += 1;
  }

  #subscribe(stay = 1 + Math.floor(this.#random() * LONGEST_STAY)): void {
    this.#stay = stay;
    const subscription = this.#engine.subscribe(this.#executionId, this.#last?.id, (event) =>
      this.#hear(event),
    );
    if (subscription?.complete !== true) this.wrong += 1;
    this.#unsubscribe = subscription?.unsubscribe;
  }

  #hear(event: ExecutionEvent): void {
    const number = Number(event.id.split('.')[1]);
    if (number !== this.#heard + 1) this.wrong += 1;
    this.#heard = number;
    this.#last = event;
    this.#stay -= 1;
    if (this.#stay > 0 || this.#unsubscribe === undefined) return;
    this.#unsubscribe();
    this.#unsubscribe = undefined;
    this.#absence = setTimeout(() => {
      this.reconnections += 1;
      this.#subscribe();
    }, this.#random() * LONGEST_ABSENCE_MS);
  }
}
