import { openExecutionEngine } from '../../src/main/execution/engine/create-engine.ts';
import { functionPerformer } from '../../src/main/executors/testing/function-performer.test-support.ts';
import { encodeEntry } from '../../src/main/execution/journal/journal-format.ts';
import { openExecutionJournal } from '../../src/main/execution/journal/open-journal.ts';

/** Steps write no log here. */
const NO_LOGS = {
  write: () => undefined,
  read: async () => '',
  remove: () => undefined,
  flush: async () => undefined,
};
const PERFORMER = functionPerformer({});

/**
 * The real engine with steps that do nothing. Without a `journalFolder` it keeps nothing. `written`
 * counts the bytes of all records, where `isCounting`.
 */
export async function openEngine(journalFolder, { isCounting = false } = {}) {
  let written = 0;
  const opened = await openExecutionEngine({
    journalFolder,
    logs: NO_LOGS,
    onLog: (level, text) => console.error(level, text),
    // Those that ended would fill the heap of a long bench.
    keptEnded: 2,
    ...(isCounting ? { openJournal } : {}),
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  const engine = opened.value;

  async function openJournal(options) {
    const journal = await openExecutionJournal(options);
    if (!journal.ok) return journal;
    const { append } = journal.value;
    journal.value.append = (entries) => {
      for (const entry of entries) written += LINE_BYTES + encodeEntry(entry).length;
      return append(entries);
    };
    return journal;
  }

  return {
    engine,
    get written() {
      return written;
    },
    /** Runs a graph from the request to the end of its last step. */
    async run(graph) {
      const started = await engine.start({
        type: 'plugin',
        name: 'bench',
        graph,
        performer: PERFORMER,
        inputs: {},
        owner: 'api',
        identity: {},
        actor: { who: 'bench' },
      });
      if (!started.ok) throw new Error(started.failure.message);
      const { status } = await engine.whenEnded(started.value.executionId);
      if (status !== 'completed') throw new Error(`it ended ${status}`);
    },
    close: () => engine.dispose(),
  };
}

/** Checksum, number and place of a line. */
const LINE_BYTES = 36;
