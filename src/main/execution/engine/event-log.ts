import type { ExecutionEvent } from '#shared';
import { isoTime } from './iso-time.ts';

/** An event before it is numbered. */
export type EventBody = DistributiveOmit<ExecutionEvent, 'id' | 'executionId' | 'time'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * The latest events of one execution. Ids are `<life>.<number>`: numbers grow within one start of the
 * app, so that a listener of an earlier one is told that it has missed something.
 */
export class EventLog {
  readonly #executionId: string;
  readonly #life: string;
  readonly #most: number;
  #events: ExecutionEvent[] = [];
  #last = 0;
  readonly #listeners = new Set<(event: ExecutionEvent) => void>();

  constructor(options: {
    readonly executionId: string;
    readonly life: string;
    readonly most: number;
  }) {
    this.#executionId = options.executionId;
    this.#life = options.life;
    this.#most = options.most;
  }

  publish(body: EventBody, at: number): void {
    this.#last += 1;
    const event = {
      ...body,
      id: `${this.#life}.${this.#last}`,
      executionId: this.#executionId,
      time: isoTime(at),
    } as ExecutionEvent;
    this.#events.push(event);
    // Cut in bulk: one by one, every event would move all that are kept.
    if (this.#events.length >= 2 * this.#most) this.#events = this.#events.slice(-this.#most);
    if (this.#listeners.size > 0) for (const listener of [...this.#listeners]) listener(event);
  }

  subscribe(
    lastEventId: string | undefined,
    listener: (event: ExecutionEvent) => void,
  ): { readonly complete: boolean; readonly unsubscribe: () => void } {
    const first = this.#last - this.#events.length + 1;
    const after = lastEventId === undefined ? 0 : this.#numberOf(lastEventId);
    const complete = after !== undefined && after + 1 >= first;
    // To whoever has missed something the view says it all: older events would only confuse.
    const missed = complete ? this.#events.slice(Math.max(0, after + 1 - first)) : [];
    for (const event of missed) listener(event);
    this.#listeners.add(listener);
    return { complete, unsubscribe: () => void this.#listeners.delete(listener) };
  }

  /** `undefined` for an id of another life, or one that was never given. */
  #numberOf(id: string): number | undefined {
    const [life, number = ''] = id.split('.');
    if (life !== this.#life || !/^\d{1,15}$/.test(number)) return undefined;
    return Number(number) <= this.#last ? Number(number) : undefined;
  }
}
