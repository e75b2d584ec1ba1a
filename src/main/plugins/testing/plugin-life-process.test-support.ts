import type { JsonObject } from '#shared';
import { openLife } from './plugin-life.test-support.ts';

/** What a process that lives one life is given, as JSON in its first argument. */
export interface LifeProcessOptions {
  readonly home: string;
  readonly plugin: string;
  readonly answers?: JsonObject;
  /**
   * Kills its own process group when it is about to tell of its so manieth change of state: the records
   * are on the disk then, and nothing that they mean was done.
   */
  readonly killAtChange?: number;
}

const { home, plugin, answers, killAtChange }: LifeProcessOptions = JSON.parse(
  process.argv[2] ?? '{}',
) as LifeProcessOptions;

const CHANGES: ReadonlySet<string> = new Set(['ExecutionStatus', 'StepStart', 'StepEnd']);

let changes = 0;
const life = await openLife({ home });
process.stdout.write('open\n');
const view = await life.run(plugin, {
  ...(answers === undefined ? {} : { answers }),
  onEvent: ({ type }) => {
    if (!CHANGES.has(type)) return;
    changes += 1;
    if (changes === killAtChange) process.kill(-process.pid, 'SIGKILL');
  },
});
process.stdout.write(`${view.status}\n`);
await life[Symbol.asyncDispose]();
