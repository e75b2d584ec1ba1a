import { emptySnapshot, reduce, type HostEvent, type HostEventBody, type Snapshot } from '#shared';

/**
 * Numbers what happens and tells everyone the same, in the same order. The host's own snapshot is
 * made by the same `reduce` that screens use, so they cannot disagree.
 */
export class EventHub {
  #snapshot: Snapshot = emptySnapshot('');
  readonly #listeners = new Set<(event: HostEvent) => void>();

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  subscribe(listener: (event: HostEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(body: HostEventBody): void {
    const event: HostEvent = { ...body, seq: this.#snapshot.seq + 1 };
    this.#snapshot = reduce(this.#snapshot, event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}
