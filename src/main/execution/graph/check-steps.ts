import type { Failure, Result } from '#shared';
import { fail, ok } from '../../../shared/result.ts';
import { didYouMean, nearestOf } from '../../plan/nearest.ts';
import { quote } from '../../plan/words.ts';
import type { StepGraphSpec, StepSpec } from '../step-spec.ts';
import { referenceProblem, type KnownValues } from './check-references.ts';
import { digestOf } from './digest.ts';
import { cycleOf, kahnOrder, type Edges } from './order.ts';
import type { StepGraph } from './step-graph.ts';

/** Of a cycle of thousands a person reads the beginning. */
const LONGEST_CYCLE = 20;

/**
 * Checks what can be known of steps before anything runs: names, dependencies, and every `${{ }}`. Takes time
 * in proportion to steps and dependencies. Fails with `execution/bad-steps` for the first thing wrong.
 */
export function checkSteps(spec: StepGraphSpec, known: KnownValues = {}): Result<StepGraph> {
  const { steps } = spec;
  const indexOf = new Map<string, number>();
  for (const [index, { name }] of steps.entries()) {
    if (indexOf.has(name)) return fail(bad(`There are two steps of the name ${quote(name)}.`));
    indexOf.set(name, index);
  }
  const edges = edgesOf(steps, indexOf);
  if (!edges.ok) return edges;
  const order = kahnOrder(edges.value);
  if (order.length < steps.length) {
    return fail(badCycle(cycleOf(edges.value, order).map((index) => steps[index]?.name ?? '')));
  }
  const problem = referenceProblem({ steps, indexOf, order, ...edges.value }, known);
  if (problem !== undefined) return fail(problem);
  return ok({ ...spec, indexOf, ...edges.value, digest: digestOf(steps) });
}

function edgesOf(steps: readonly StepSpec[], indexOf: ReadonlyMap<string, number>): Result<Edges> {
  const dependencies: number[][] = steps.map(() => []);
  const dependents: number[][] = steps.map(() => []);
  for (const [index, step] of steps.entries()) {
    for (const name of new Set(step.dependsOn)) {
      const dependency = indexOf.get(name);
      const problem = edgeProblem(step, name, steps[dependency ?? -1], indexOf);
      if (dependency === undefined || problem !== undefined) {
        return fail(problem ?? bad(`There is no step ${quote(name)}.`));
      }
      dependencies[index]?.push(dependency);
      dependents[dependency]?.push(index);
    }
  }
  return ok({ dependencies, dependents });
}

function edgeProblem(
  step: StepSpec,
  name: string,
  dependency: StepSpec | undefined,
  indexOf: ReadonlyMap<string, number>,
): Failure | undefined {
  const who = `The step ${quote(step.name)} depends on`;
  if (dependency === undefined) {
    const { hint } = didYouMean(nearestOf(indexOf.keys()).find(name));
    return bad(`${who} ${quote(name)}, which is no step.`, hint);
  }
  if (dependency === step) return bad(`${who} itself.`);
  if (dependency.always && !step.always) {
    return bad(
      `${who} ${quote(name)}, which is an \`always\` step and so runs only when all others have ended.`,
      `Make ${quote(step.name)} an \`always\` step too, or leave the dependency out.`,
    );
  }
  return undefined;
}

function badCycle(names: readonly string[]): Failure {
  const [first = ''] = names;
  const shown = names.slice(0, LONGEST_CYCLE);
  const more = names.length - shown.length;
  const parts = [...shown, ...(more > 0 ? [`… (${more} more)`] : []), first];
  return bad(
    `The steps depend on each other in a circle: ${parts.join(' -> ')}.`,
    'Each of them depends on the next one: leave one of these dependencies out.',
  );
}

function bad(message: string, hint?: string): Failure {
  return { code: 'execution/bad-steps', message, ...(hint === undefined ? {} : { hint }) };
}
