import type { TraceRecord } from '#shared';
import type { HostEndpoint } from '../../transport/endpoint.ts';

/** How many records of the trace can be replayed. The file of the home has all of them. */
const MOST_KEPT = 10_000;

/** The trace of the flow as it goes, with what came since the app started. */
export class FlowTrace {
  private kept: TraceRecord[] = [];
  private readonly listeners = new Set<(record: TraceRecord) => void>();
  private readonly unsubscribe: () => void;

  constructor(host: Pick<HostEndpoint, 'subscribe'>) {
    this.unsubscribe = host.subscribe((event) => {
      if (event.type === 'trace.recorded') this.take(event.record);
    });
  }

  /** The number of the newest record; 0 before there is one. */
  get lastSeq(): number {
    return this.kept.at(-1)?.seq ?? 0;
  }

  /** What came after `seq`; `undefined` where some of it is not kept, or is of another setup. */
  after(seq: number): readonly TraceRecord[] | undefined {
    const first = this.kept[0]?.seq ?? 1;
    if (seq + 1 < first || seq > this.lastSeq) return undefined;
    return this.kept.filter((record) => record.seq > seq);
  }

  /** Hears every record from now on. */
  listen(listener: (record: TraceRecord) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dispose(): void {
    this.unsubscribe();
    this.listeners.clear();
  }

  private take(record: TraceRecord): void {
    // A new setup counts from 1 again.
    if (record.seq <= this.lastSeq) this.kept = [];
    this.kept.push(record);
    // Not one by one: that would move the whole list at every record.
    if (this.kept.length >= 2 * MOST_KEPT) this.kept = this.kept.slice(-MOST_KEPT);
    for (const listener of [...this.listeners]) listener(record);
  }
}
