import type { ExecutionJournal, JournalOptions } from '../execution-journal.ts';
import { createJournalHandle, type JournalClock } from '../journal-handle.ts';
import type { JournalFiles } from '../journal-files.ts';
import { createJournalWriter, type JournalWriter } from '../journal-writer.ts';
import { recoverJournal } from '../recover.ts';
import type { StartWriter } from '../writer-thread.ts';
import { FOLDER } from './written-journal.test-support.ts';
import { ok } from '#shared';

/** A whole journal in one thread, in which a test decides when a turn ends and when the writer works. */
export interface InProcessJournal {
  readonly journal: ExecutionJournal;
  /** Ends the turn of the event loop: what was appended in it is handed over. */
  turn(): void;
  /** Lets the writer do all that it can do now. */
  work(): void;
  /** Both, until nothing is left to do, promises included. */
  settle(): Promise<void>;
  /** Lets time pass; the writer wakes up when it wanted to. */
  pass(ms: number): Promise<void>;
  /** Kills the writer, as an exception in its thread would. */
  killWriter(message: string): void;
  /** Does the journal keep its process alive now? */
  readonly isKeptAlive: () => boolean;
  /** How often a writer was started. */
  readonly starts: () => number;
}

/** Opens a journal over a file port. The writer is the real one; the thread between is a fake. */
export function openInProcess(
  files: JournalFiles,
  options: Partial<JournalOptions> = {},
): InProcessJournal {
  let time = 0;
  let turns: (() => void)[] = [];
  let timers: { readonly at: number; readonly call: () => void }[] = [];
  let writer: JournalWriter | undefined;
  let end: (error: Error | undefined) => void = () => undefined;
  let starts = 0;
  let isKeptAlive = false;

  const clock: JournalClock = {
    now: () => time,
    after: (ms, call) => void timers.push({ at: time + ms, call }),
    nextTurn: (call) => void turns.push(call),
  };
  const startWriter: StartWriter = ({ folder, tail, onReport, onEnd }) => {
    starts += 1;
    end = onEnd;
    const started = createJournalWriter({ files, folder, tail, report: onReport, now: () => time });
    writer = started;
    return {
      post: (request) => started.submit(request),
      keepAlive: (isWanted) => void (isKeptAlive = isWanted),
      end: () => {
        writer = undefined;
        onEnd(undefined);
        return Promise.resolve();
      },
    };
  };

  const journal = createJournalHandle({
    folder: FOLDER,
    snapshot: () => [],
    onTrouble: () => undefined,
    ...options,
    recovered: recoverJournal(files, FOLDER),
    recoverAgain: () => ok(recoverJournal(files, FOLDER)),
    startWriter,
    release: () => undefined,
    clock,
  });

  function turn(): void {
    const due = turns;
    turns = [];
    for (const call of due) call();
  }

  function work(): void {
    while (writer?.step(time) === 0);
  }

  async function settle(): Promise<void> {
    do {
      turn();
      work();
      // All promises that are settled by now have been heard after this.
      await new Promise(setImmediate);
    } while (turns.length > 0);
  }

  return {
    journal,
    turn,
    work,
    settle,
    pass: async (ms) => {
      time += ms;
      const due = timers.filter(({ at }) => at <= time);
      timers = timers.filter(({ at }) => at > time);
      for (const { call } of due) call();
      await settle();
    },
    killWriter: (message) => {
      writer = undefined;
      end(new Error(message));
    },
    isKeptAlive: () => isKeptAlive,
    starts: () => starts,
  };
}
