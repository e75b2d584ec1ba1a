import type { LiveExecution } from './live-execution.ts';

/** How long steps took before, in seconds: what their share of the bar is learned from. */
export class Durations {
  /** By what is run, then by step. */
  readonly #seconds = new Map<string, Map<string, number>>();

  /** Takes in what the steps of an execution took; the latest one counts. */
  learn({ header, machine }: LiveExecution): void {
    const key = keyOf(header.type, header.name);
    const seconds = this.#seconds.get(key) ?? new Map<string, number>();
    this.#seconds.set(key, seconds);
    for (const { name, status, result, partOf } of machine.nodes()) {
      if (status !== 'completed' || result === undefined || partOf !== undefined) continue;
      seconds.set(name, result.durationSeconds);
    }
  }

  /** Looks up the steps of what is run under this type and name. */
  of(type: string, name: string): (step: string) => number | undefined {
    const seconds = this.#seconds.get(keyOf(type, name));
    return (step) => seconds?.get(step);
  }
}

function keyOf(type: string, name: string): string {
  return `${type}\n${name}`;
}
