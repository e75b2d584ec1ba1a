import type { ExecutionJournal, JournalEntry } from '../journal/execution-journal.ts';

/**
 * Gathers what is decided within one turn of the event loop, so that it shares one write: that a step
 * is done, and that the next one runs. What is to follow a record happens when it is on the disk.
 */
export class CommitQueue {
  readonly #journal: Pick<ExecutionJournal, 'append'> | undefined;
  #entries: JournalEntry[] = [];
  #after: (() => void)[] = [];
  #isScheduled = false;
  #isClosed = false;

  /** Without a journal nothing is kept, and everything follows at once. */
  constructor(journal: Pick<ExecutionJournal, 'append'> | undefined) {
    this.#journal = journal;
  }

  add(entries: readonly JournalEntry[], after: () => void): void {
    if (this.#isClosed) return;
    for (const entry of entries) this.#entries.push(entry);
    this.#after.push(after);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  /** From now on nothing is written, and nothing follows: as at a power cut. */
  close(): void {
    this.#isClosed = true;
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isClosed) return;
    const entries = this.#entries;
    const after = this.#after;
    this.#entries = [];
    this.#after = [];
    if (this.#journal === undefined || entries.length === 0) {
      for (const follow of after) follow();
      return;
    }
    void this.#journal.append(entries).then((written) => {
      // It fails only where the journal was closed: whoever opens it again finds what was written.
      if (!written.ok) return;
      for (const follow of after) if (!this.#isClosed) follow();
    });
  }
}
