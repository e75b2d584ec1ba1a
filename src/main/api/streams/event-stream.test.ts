import { describe, expect, it } from 'vitest';
import { manualClock } from '../../device/testing/manual-clock.test-support.ts';
import { EventStream, type StreamSink } from './event-stream.ts';

const MIB = 1024 * 1024;

/** A connection whose other end takes what it is sent when the test says so. */
class SlowSink implements StreamSink {
  text = '';
  writableLength = 0;
  state: 'open' | 'ended' | 'destroyed' = 'open';
  private readonly listeners = { close: [] as (() => void)[], drain: [] as (() => void)[] };

  write(chunk: string): void {
    this.text += chunk;
    this.writableLength += chunk.length;
  }
  end(): void {
    this.state = 'ended';
  }
  destroy(): void {
    this.state = 'destroyed';
  }
  on(event: 'close' | 'drain', listener: () => void): void {
    this.listeners[event].push(listener);
  }
  /** The other end takes all of it. */
  drain(): void {
    this.writableLength = 0;
    for (const listener of this.listeners.drain) listener();
  }
  close(): void {
    for (const listener of this.listeners.close) listener();
  }
}

function open() {
  const sink = new SlowSink();
  const clock = manualClock();
  return { sink, clock, stream: new EventStream(sink, clock) };
}

/** An event of about this many bytes. */
const big = (bytes: number) => ({ event: 'output', data: 'x'.repeat(bytes) });

describe('a stream of events', () => {
  it('writes them as the standard has them', () => {
    const { sink, stream } = open();
    stream.send({ id: '7', event: 'StepStart', data: { text: 'two\nlines' } });
    stream.send({ event: 'snapshot', data: [] });
    expect(sink.text).toBe(
      'id: 7\nevent: StepStart\ndata: {"text":"two\\nlines"}\n\nevent: snapshot\ndata: []\n\n',
    );
  });

  it('says every 15 seconds that it is still there', () => {
    const { sink, clock } = open();
    clock.advance(14_999);
    expect(sink.text).toBe('');
    clock.advance(1);
    clock.advance(15_000);
    expect(sink.text).toBe(':\n\n:\n\n');
  });

  it('cuts off a reader that has not taken a MiB', () => {
    const { sink, stream } = open();
    stream.send(big(MIB - 100));
    expect(sink.state).toBe('open');
    stream.send(big(100));
    expect(sink.state).toBe('destroyed');
  });

  it('keeps a reader that takes what it is sent, however much it is', () => {
    const { sink, stream } = open();
    for (let sent = 0; sent < 5; sent += 1) {
      stream.send(big(MIB - 100));
      sink.drain();
    }
    expect(sink.state).toBe('open');
  });

  it('does not blame a reader for what was there before it came', () => {
    const { sink, stream } = open();
    stream.replay([big(3 * MIB), big(MIB)]);
    stream.send(big(MIB - 100));
    expect(sink.state).toBe('open');
    sink.drain();
    stream.send(big(MIB + 100));
    expect(sink.state).toBe('destroyed');
  });

  it.each(['end', 'close'] as const)(
    'writes nothing more after its %s, and tells it once',
    (how) => {
      const { sink, clock, stream } = open();
      let told = 0;
      stream.whenClosed(() => (told += 1));
      if (how === 'end') stream.end();
      else sink.close();
      stream.send(big(10));
      stream.end();
      expect([sink.text, told, clock.pending]).toEqual(['', 1, 0]);
      stream.whenClosed(() => (told += 1));
      expect(told).toBe(2);
    },
  );
});
