import { writeSync } from 'node:fs';
import { isSystemError } from '../../../state/files-port.ts';
import { openExecutionJournal } from '../open-journal.ts';

// Run as a process of its own: appends to the journal in the folder of its first argument, several
// executions at once, and says each acknowledged record in a line, until it is killed.
const seqs = new Map<string, number>();
const opened = await openExecutionJournal({
  folder: process.argv[2] ?? '',
  segmentBytes: 20_000,
  onTrouble: () => undefined,
  snapshot: () => [...seqs].map(([execution, seq]) => ({ execution, seq, state: { upTo: seq } })),
});
if (!opened.ok) {
  say(opened.failure.code);
  process.exit(1);
}
const journal = opened.value;
for (const { execution, snapshotSeq, records } of journal.recovery.executions) {
  seqs.set(execution, snapshotSeq + records.length);
}
say('opened');

async function appendForEver(execution: string): Promise<void> {
  for (;;) {
    const seq = (seqs.get(execution) ?? 0) + 1;
    const appended = journal.append([{ execution, seq, record: { is: `${execution} ${seq}` } }]);
    seqs.set(execution, seq);
    if ((await appended).ok) say(`${execution} ${seq}`);
  }
}

await Promise.all(['a', 'b', 'c'].map(appendForEver));

/** In the pipe when it returns: a killed process loses nothing of it. */
function say(line: string): void {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (thrown) {
      // The reader is behind.
      if (!isSystemError(thrown, 'EAGAIN')) throw thrown;
    }
  }
}
