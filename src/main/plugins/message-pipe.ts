import type { Duplex } from 'node:stream';
import { splitLines } from './line-splitter.ts';
import { MAX_MESSAGE_BYTES } from './plugin-rpc.ts';

/** Carries text messages between the app and one process. The same on both sides. */
export interface MessagePipe {
  send(message: string): void;
  /** Characters that were sent and that the other side has not taken, where the pipe can tell. */
  readonly backlog?: () => number;
  /**
   * Takes the messages from now on; a message over the limit is `undefined`, maybe more
   * than once. One listener.
   */
  onMessage(listener: (message: string | undefined) => void): void;
}

/** Characters that are sent at once. */
const BATCH = 16_384;

/**
 * Messages as lines over a pipe of our own. Node's built-in channel (`process.send`) is not used:
 * it parses whatever the child writes, so one stray byte on its descriptor is an exception in the
 * app that nobody can catch; it holds a message of any size; and it makes a system call for each.
 */
export function messagePipe(stream: Duplex): MessagePipe {
  let outbox = '';
  // The messages of one turn leave together, which is what makes pipelined calls cheap; but not so
  // many that the other side waits for the first while we still write the last.
  const flush = (): void => {
    const text = outbox;
    outbox = '';
    if (text !== '' && stream.writable) stream.write(text);
  };
  return {
    send(message) {
      if (outbox === '') queueMicrotask(flush);
      outbox += `${message}\n`;
      if (outbox.length > BATCH) flush();
    },
    backlog: () => outbox.length + stream.writableLength,
    onMessage(listener) {
      const splitter = splitLines({
        maxLength: MAX_MESSAGE_BYTES,
        onLine: (line, cut) => listener(cut ? undefined : line),
      });
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        splitter.push(text);
        if (splitter.isOverflowing) listener(undefined);
      });
    },
  };
}
