import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceRecord } from '#shared';

/** The trace of a home so far. A line that is still being written is left out. */
export function readTrace(home: string): readonly TraceRecord[] {
  const file = join(home, 'trace.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as TraceRecord);
}

/** Names of the plugins whose screens were shown, in order, without repeats in a row. */
export function visitedPlugins(trace: readonly TraceRecord[]): readonly string[] {
  const shown = trace.flatMap((record) => (record.type === 'screen.shown' ? [record.plugin] : []));
  return shown.filter((plugin, index) => plugin !== shown[index - 1]);
}

/** Does `whole` hold all of `part`, in the same order, whatever is between? */
export function holdsInOrder(whole: readonly string[], part: readonly string[]): boolean {
  let next = 0;
  for (const name of whole) if (name === part[next]) next += 1;
  return next === part.length;
}
