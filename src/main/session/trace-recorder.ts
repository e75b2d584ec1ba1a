import type { TraceEntry, TraceRecord } from '#shared';
import type { Clock } from '../clock.ts';

/** Numbers and times what the flow traces, and hands each record on, in order. */
export class TraceRecorder {
  readonly #clock: Clock;
  readonly #write: (record: TraceRecord) => void;
  #seq: number;

  constructor(options: {
    readonly clock: Clock;
    /** Records that an earlier start of the app has written. */
    readonly after?: number;
    readonly write: (record: TraceRecord) => void;
  }) {
    this.#clock = options.clock;
    this.#write = options.write;
    this.#seq = options.after ?? 0;
  }

  record(entry: TraceEntry): void {
    this.#seq += 1;
    const time = new Date(this.#clock.now()).toISOString();
    this.#write({ seq: this.#seq, time, ...entry });
  }
}
