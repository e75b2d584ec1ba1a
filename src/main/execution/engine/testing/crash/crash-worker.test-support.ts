import { crashRun } from './matrix.test-support.ts';

// Run as a process of its own: the runs of the seeds from its first argument up to its second, every
// `step`th, each told in a line.
const [first = 0, end = 0, step = 1] = process.argv.slice(2).map(Number);
for (let seed = first; seed < end; seed += step) {
  process.stdout.write(`${JSON.stringify(await crashRun(seed))}\n`);
}
