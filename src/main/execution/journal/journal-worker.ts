import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createJournalWriter, type WriterReport, type WriterRequest } from './journal-writer.ts';
import { nodeJournalFiles } from './node-journal-files.ts';
import type { JournalTail } from './recover.ts';

/**
 * The journal's thread. It waits blocked instead of in an event loop, which halves the time from
 * a request to the disk, and it does its file calls itself: Node's thread pool, where a dead network
 * share can hold up everything, has no part in it.
 */
export interface JournalThreadData {
  readonly folder: string;
  readonly tail: JournalTail;
  /** One number, raised with each request. */
  readonly wake: Int32Array;
}

if (parentPort !== null) {
  const port = parentPort;
  const { folder, tail, wake } = workerData as JournalThreadData;
  const writer = createJournalWriter({
    files: nodeJournalFiles,
    folder,
    tail,
    report: (report: WriterReport) => port.postMessage(report),
    now: Date.now,
  });
  for (;;) {
    // Read before the requests: one that comes after them has raised it, and there is no wait.
    const seen = Atomics.load(wake, 0);
    for (;;) {
      const received = receiveMessageOnPort(port) as
        { readonly message: WriterRequest } | undefined;
      if (received === undefined) break;
      writer.submit(received.message);
    }
    const wait = writer.step(performance.now());
    if (wait === 'closed') break;
    if (wait !== 0) Atomics.wait(wake, 0, seen, wait ?? Infinity);
  }
}
