import type { StepGraphSpec, StepSpec } from '../step-spec.ts';

/** A graph that was checked: names are unique, dependencies exist, there is no cycle. */
export interface StepGraph extends StepGraphSpec {
  readonly indexOf: ReadonlyMap<string, number>;
  /** By index, in declared order. */
  readonly dependencies: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  /** Of the specs, canonical: the same steps give the same text in every process. */
  readonly digest: string;
}

/** The spec at an index; a wrong index is a bug. */
export function stepAt(graph: StepGraphSpec, index: number): StepSpec {
  const step = graph.steps[index];
  if (step === undefined) throw new Error(`there is no step ${index}`);
  return step;
}
