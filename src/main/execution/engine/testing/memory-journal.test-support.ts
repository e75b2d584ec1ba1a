import { ok } from '#shared';
import type { JournalFiles } from '../../journal/journal-files.ts';
import {
  openInProcess,
  type InProcessJournal,
} from '../../journal/testing/in-process-journal.test-support.ts';
import { FOLDER } from '../../journal/testing/written-journal.test-support.ts';
import type { EngineOptions } from '../create-engine.ts';

/**
 * Opens the journal of an engine over a file port, in this thread. It writes by itself, a turn after each
 * append; `opened` gets it, to let time pass for its retries.
 */
export function journalOver(
  files: JournalFiles,
  opened: (journal: InProcessJournal) => void = () => undefined,
): NonNullable<EngineOptions['openJournal']> {
  return (options) => {
    const inProcess = openInProcess(files, { ...options, folder: FOLDER });
    opened(inProcess);
    const { journal } = inProcess;
    return Promise.resolve(
      ok({
        recovery: journal.recovery,
        get syncs() {
          return journal.syncs;
        },
        append: (entries) => {
          const written = journal.append(entries);
          setImmediate(() => void inProcess.settle());
          return written;
        },
        close: () => {
          const closed = journal.close();
          inProcess.work();
          return closed;
        },
      }),
    );
  };
}
