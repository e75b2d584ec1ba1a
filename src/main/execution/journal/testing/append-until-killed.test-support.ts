import { writeSync } from 'node:fs';
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
  writeSync(1, `${opened.failure.code}\n`);
  process.exit(1);
}
const journal = opened.value;
for (const { execution, snapshotSeq, records } of journal.recovery.executions) {
  seqs.set(execution, snapshotSeq + records.length);
}
writeSync(1, 'opened\n');

async function appendForEver(execution: string): Promise<void> {
  for (;;) {
    const seq = (seqs.get(execution) ?? 0) + 1;
    const appended = journal.append([{ execution, seq, record: { is: `${execution} ${seq}` } }]);
    seqs.set(execution, seq);
    // In the pipe before anything else happens: a killed process loses nothing of it.
    if ((await appended).ok) writeSync(1, `${execution} ${seq}\n`);
  }
}

await Promise.all(['a', 'b', 'c'].map(appendForEver));
