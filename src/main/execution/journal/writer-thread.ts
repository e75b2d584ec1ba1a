import { Worker } from 'node:worker_threads';
import { entryBeside } from '../../entry-beside.ts';
import type { JournalThreadData } from './journal-worker.ts';
import type { WriterReport, WriterRequest } from './journal-writer.ts';
import type { JournalTail } from './recover.ts';

/** A thread that writes the journal, from its start to its end. */
export interface WriterThread {
  post(request: WriterRequest): void;
  /** While something waits for it, it keeps the process alive. */
  keepAlive(isWanted: boolean): void;
  /** Ends it wherever it is. */
  end(): Promise<void>;
}

/** Starts such a thread. `onEnd` is called once, with what it died of, if it did. */
export type StartWriter = (request: {
  readonly folder: string;
  readonly tail: JournalTail;
  readonly onReport: (report: WriterReport) => void;
  readonly onEnd: (error: Error | undefined) => void;
}) => WriterThread;

/** Starts the real one. */
export const startWriterThread: StartWriter = ({ folder, tail, onReport, onEnd }) => {
  const wake = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: JournalThreadData = { folder, tail, wake };
  const worker = new Worker(entryBeside(import.meta.url, 'journal-worker'), {
    name: 'journal',
    workerData: data,
    // Nothing of ours: it needs no preloaded module, and no inspector stops it.
    execArgv: [],
  });
  let error: Error | undefined;
  worker.on('message', onReport);
  worker.on(
    'error',
    (thrown) => (error = thrown instanceof Error ? thrown : new Error('it threw')),
  );
  worker.once('exit', () => onEnd(error));
  worker.unref();
  return {
    post: (request) => {
      worker.postMessage(request);
      Atomics.add(wake, 0, 1);
      Atomics.notify(wake, 0);
    },
    keepAlive: (isWanted) => (isWanted ? worker.ref() : worker.unref()),
    end: async () => {
      await worker.terminate();
    },
  };
};
