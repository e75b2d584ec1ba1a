import type { LiveExecution } from './live-execution.ts';

/** How long steps took before, in seconds: what their share of the bar is learned from. */
export class Durations {
  readonly #seconds = new Map<string, number>();

  /** Takes in what the steps of an execution took; the latest one counts. */
  learn({ header, machine }: LiveExecution): void {
    for (const { name, status, result, partOf } of machine.nodes()) {
      if (status !== 'completed' || result === undefined || partOf !== undefined) continue;
      this.#seconds.set(keyOf(header.type, header.name, name), result.durationSeconds);
    }
  }

  of(type: string, name: string, step: string): number | undefined {
    return this.#seconds.get(keyOf(type, name, step));
  }
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\n');
}
