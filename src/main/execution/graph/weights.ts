import type { StepGraph } from './step-graph.ts';

/** Learned durations that a bar can show: less is nothing, more would leave nothing for the others. */
const SHORTEST_SECONDS = 0.1;
const LONGEST_SECONDS = 3600;

/**
 * The share of the progress bar that each step has, by index: what it declares; else what it took earlier,
 * in seconds from `durationOf`, in units of the median of those; else 1.
 */
export function weightsOf(
  graph: Pick<StepGraph, 'steps'>,
  durationOf: (step: string) => number | undefined,
): number[] {
  const learned = graph.steps.map(({ name, weight }) =>
    weight === undefined ? clamped(durationOf(name)) : undefined,
  );
  const unit = medianOf(learned.filter((seconds) => seconds !== undefined));
  return graph.steps.map(({ weight }, index) => {
    if (weight !== undefined) return weight;
    const seconds = learned[index];
    return seconds === undefined ? 1 : seconds / unit;
  });
}

function clamped(seconds: number | undefined): number | undefined {
  // What was learned comes from a file, so it may be anything.
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return undefined;
  return Math.min(Math.max(seconds, SHORTEST_SECONDS), LONGEST_SECONDS);
}

/** 1 for an empty list. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 1;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
