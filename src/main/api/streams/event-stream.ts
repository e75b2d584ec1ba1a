import type { Timer } from '../../clock.ts';

/** What a stream is written to: the answer of a request, or a test's stand-in. */
export interface StreamSink {
  write(chunk: string): unknown;
  end(): unknown;
  destroy(): unknown;
  /** Bytes that nobody has taken yet. */
  readonly writableLength: number;
  on(event: 'close' | 'drain', listener: () => void): unknown;
}

/** An event of a stream. `data` is JSON. */
export interface StreamEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

/** A reader that takes nothing is cut off; it can come back with the id of its last event. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Shorter than the patience of any proxy, and it finds readers that are gone. */
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events, as the HTML standard has them. */
export class EventStream {
  private readonly sink: StreamSink;
  private readonly timer: Timer;
  private readonly onClose: (() => void)[] = [];
  private maxUnread = MAX_UNREAD_BYTES;
  private stopKeepAlive: () => void = () => undefined;
  private closed = false;

  constructor(sink: StreamSink, timer: Timer) {
    this.sink = sink;
    this.timer = timer;
    sink.on('close', () => this.finish());
    sink.on('drain', () => (this.maxUnread = MAX_UNREAD_BYTES));
    this.keepAlive();
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /**
   * Writes what is there already, at once. However much it is, the reader has had no time to take any of
   * it, so it does not count as unread until all of it was taken.
   */
  replay(events: readonly StreamEvent[]): void {
    for (const event of events) this.write(frameOf(event));
    this.maxUnread = this.sink.writableLength + MAX_UNREAD_BYTES;
  }

  send(event: StreamEvent): void {
    this.write(frameOf(event));
    if (this.sink.writableLength > this.maxUnread) this.cut();
  }

  /** Ends it once all was written. */
  end(): void {
    if (this.closed) return;
    this.sink.end();
    this.finish();
  }

  /** Calls back when it is over, whoever ended it; at once if it is. */
  whenClosed(call: () => void): void {
    if (this.closed) call();
    else this.onClose.push(call);
  }

  private write(text: string): void {
    if (!this.closed) this.sink.write(text);
  }

  private cut(): void {
    if (this.closed) return;
    this.finish();
    this.sink.destroy();
  }

  private finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.stopKeepAlive();
    for (const call of this.onClose.splice(0)) call();
  }

  private keepAlive(): void {
    this.stopKeepAlive = this.timer.after(KEEP_ALIVE_MS, () => {
      this.write(':\n\n');
      this.keepAlive();
    });
  }
}

/** JSON has no line breaks in it, so one line of data is all there ever is. */
function frameOf({ id, event, data }: StreamEvent): string {
  const named = id === undefined ? '' : `id: ${id}\n`;
  return `${named}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
