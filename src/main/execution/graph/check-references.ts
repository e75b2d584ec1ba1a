import type { Failure, Json, Result } from '#shared';
import { fail, ok } from '../../../shared/result.ts';
import { didYouMean, nearestOf } from '../../plan/nearest.ts';
import { quote } from '../../plan/words.ts';
import type { StepSpec } from '../step-spec.ts';
import { referencesInCondition } from './expression.ts';
import { firstNotBefore, type FarQuestion } from './far-dependencies.ts';
import type { Edges } from './order.ts';
import type { Reference } from './reference.ts';
import { isLoneReference, referencesIn } from './values.ts';

/** What is known besides the steps when they are checked. */
export interface KnownValues {
  /** Names of the inputs that there will be. Absent: not known yet, and so not checked. */
  readonly inputs?: readonly string[];
}

interface OrderedSteps extends Edges {
  readonly steps: readonly StepSpec[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Every step after its dependencies. */
  readonly order: Int32Array;
}

interface Found {
  readonly field: 'commands' | 'work' | 'when' | 'forEach';
  readonly reference: Reference;
}

/** The first `${{ }}` that cannot have a value when its step runs, or that cannot be understood. */
export function referenceProblem(graph: OrderedSteps, known: KnownValues): Failure | undefined {
  const far: (FarQuestion & Found)[] = [];
  for (const [index, step] of graph.steps.entries()) {
    const found = referencesOf(step);
    if (!found.ok) return inStep(step, found.failure);
    for (const one of found.value) {
      const problem = problemOf(one, step, graph, known);
      if (problem !== undefined) return inStep(step, problem);
      const needs =
        one.reference.kind === 'step' ? graph.indexOf.get(one.reference.step) : undefined;
      if (needs !== undefined && graph.dependencies[index]?.includes(needs) !== true) {
        far.push({ ...one, step: index, needs });
      }
    }
  }
  const unmet = far.length === 0 ? undefined : firstNotBefore(far, graph);
  const step = unmet && graph.steps[unmet.step];
  const needed = unmet && graph.steps[unmet.needs];
  if (unmet === undefined || step === undefined || needed === undefined) return undefined;
  return inStep(step, {
    ...badReference(unmet, `the step does not depend on ${quote(needed.name)}`),
    hint: `Add ${quote(needed.name)} to its \`dependsOn\`.`,
  });
}

function problemOf(
  found: Found,
  step: StepSpec,
  graph: OrderedSteps,
  known: KnownValues,
): Failure | undefined {
  const { reference, field } = found;
  switch (reference.kind) {
    case 'step': {
      if (graph.indexOf.has(reference.step)) return undefined;
      const near = nearestOf(graph.indexOf.keys()).find(reference.step);
      const problem = `there is no step ${quote(reference.step)}`;
      return { ...badReference(found, problem), ...didYouMean(near) };
    }
    case 'input': {
      if (known.inputs?.includes(reference.name) !== false) return undefined;
      const near = nearestOf(known.inputs).find(reference.name);
      const problem = `there is no input ${quote(reference.name)}`;
      return { ...badReference(found, problem), ...didYouMean(near) };
    }
    case 'item':
    case 'index': {
      const problem = 'only the work of a step with `forEach` has it';
      const hasItems = step.has.forEach || step.forEach !== undefined;
      return hasItems && (field === 'commands' || field === 'work')
        ? undefined
        : badReference(found, problem);
    }
  }
}

/** All that a step refers to, in the order of its fields. */
function referencesOf(step: StepSpec): Result<readonly Found[]> {
  const { work, when, forEach } = step;
  const found: Found[] = [];
  const add = (field: Found['field'], references: Result<readonly Reference[]>): Result<void> => {
    if (!references.ok) return references;
    for (const reference of references.value) found.push({ field, reference });
    return ok(undefined);
  };
  const done: Result<void>[] = [];
  if (work.kind === 'commands') done.push(add('commands', referencesIn(textsOf(work.commands))));
  if (work.kind === 'work') done.push(add('work', referencesIn(work.item.config)));
  if (when !== undefined) done.push(add('when', referencesInCondition(when)));
  if (forEach !== undefined) done.push(add('forEach', referencesInItems(forEach)));
  return done.find((result) => !result.ok) ?? ok(found);
}

/** What of commands may hold `${{ }}`. */
function textsOf(commands: Extract<StepSpec['work'], { kind: 'commands' }>['commands']): Json {
  return commands.map(({ cmd, env, cwd }) => [cmd, env ?? {}, cwd ?? '']);
}

function referencesInItems(
  forEach: NonNullable<StepSpec['forEach']>,
): Result<readonly Reference[]> {
  const references = referencesIn(forEach);
  if (!references.ok || typeof forEach !== 'string' || isLoneReference(forEach)) return references;
  return fail({
    code: 'execution/bad-steps',
    message: `${quote(forEach)}: \`forEach\` as a text must be one reference and nothing else`,
    hint: 'Write "${{ steps.NAME.outputs.NAME }}", or give a list.',
  });
}

function badReference({ field, reference }: Found, problem: string): Failure {
  return {
    code: 'execution/bad-steps',
    message: `\`${field}\` has ${quote(`\${{ ${reference.text} }}`)}, but ${problem}`,
  };
}

function inStep(step: StepSpec, failure: Failure): Failure {
  return { ...failure, message: `The step ${quote(step.name)}: ${failure.message}.` };
}
