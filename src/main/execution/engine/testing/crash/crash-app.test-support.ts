import { writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { openExecutionEngine } from '../../create-engine.ts';
import { createExecutionLogs } from '../../execution-logs.ts';
import { fileLedger } from './ledger.test-support.ts';
import { live } from './live.test-support.ts';
import { crashCase, type Flavour } from './random-case.test-support.ts';

// Run as a process of its own: the engine over the real disk, with the case of a seed. It goes on with
// what an earlier life left in the folder, and writes down what everything came to.
const [folder = '', seed = '', flavour = ''] = process.argv.slice(2);
writeSync(1, 'here\n');
const one = crashCase(Number(seed), flavour as Flavour);
const opened = await openExecutionEngine({
  ...(one.segmentBytes === undefined ? {} : { segmentBytes: one.segmentBytes }),
  journalFolder: path.join(folder, 'journal'),
  logs: createExecutionLogs(path.join(folder, 'logs')),
  onLog: (_level, text) => {
    process.stderr.write(`${text}\n`);
    process.exit(1);
  },
});
if (!opened.ok) throw new Error(opened.failure.message);
const engine = opened.value;
const ledger = fileLedger(path.join(folder, 'ledger'));
const views = await live(one, engine, ledger);
await engine.dispose();
writeFileSync(path.join(folder, 'views.json'), JSON.stringify(views));
