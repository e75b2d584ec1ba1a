/** The dependencies of steps and the steps that depend on them, by index. */
export interface Edges {
  readonly dependencies: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
}

/** Every step after its dependencies (Kahn); shorter than the graph where some wait for each other. */
export function kahnOrder({ dependencies, dependents }: Edges): Int32Array {
  const open = Int32Array.from(dependencies, (of) => of.length);
  const order = new Int32Array(open.length);
  let length = 0;
  for (const [step, count] of open.entries()) if (count === 0) order[length++] = step;
  for (let next = 0; next < length; next++) {
    for (const dependent of dependents[order[next] ?? 0] ?? []) {
      const left = (open[dependent] ?? 0) - 1;
      open[dependent] = left;
      if (left === 0) order[length++] = dependent;
    }
  }
  return order.subarray(0, length);
}

/** One circle in a graph of which `order` could not hold all: each step of it depends on the next. */
export function cycleOf({ dependencies }: Edges, order: Int32Array): readonly number[] {
  const ordered = new Set(order);
  const isLeft = (step: number): boolean => !ordered.has(step);
  // Each step that is left depends on another one that is left, so that this walk meets itself.
  const metAt = new Map<number, number>();
  const walk: number[] = [];
  let step = dependencies.findIndex((_, index) => isLeft(index));
  while (!metAt.has(step)) {
    metAt.set(step, walk.length);
    walk.push(step);
    step = dependencies[step]?.find(isLeft) ?? step;
  }
  const cycle = walk.slice(metAt.get(step));
  // Begins with the one that was declared first, so that the message does not depend on the walk.
  const first = cycle.indexOf(cycle.reduce((a, b) => Math.min(a, b)));
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
