import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { goal } from '../measure.mjs';

const PROGRAM = fileURLToPath(
  new URL(
    '../../src/main/execution/engine/testing/many-executions.test-support.ts',
    import.meta.url,
  ),
);

/** A thousand executions alive at once, in a process of their own. */
export async function benchManyExecutions() {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM]);
  const { alive, completed, start, status, memory, events, wrongEvents, ...of } =
    JSON.parse(stdout);
  console.log(
    `\n${alive} executions alive at once, ${completed} completed in ${of.seconds.toFixed(1)} s with ${of.syncs} syncs; ${events} events heard, ${of.reconnections} reconnections`,
  );
  console.log('  start of an execution, ms', start);
  console.log('  status of an execution, ms', status);
  goal('start, p99 in ms', start.p99, 100);
  goal('status, p99 in ms', status.p99, 20);
  goal('memory of the engine, MiB', memory, 300);
  goal('events lost, doubled or out of order', wrongEvents, 0);
}
