import type { Failure } from '#shared';
import type { StepGraphSpec } from '../execution/step-spec.ts';
import { inWords } from './config-problems.ts';
import type { WorkRegistry } from './work-executor.ts';

/**
 * Why steps cannot be begun: the first whose work nobody here does (`execution/no-executor`), else the
 * first whose config is wrong as it is declared (`execution/bad-work`). `undefined` where all is well.
 */
export function workStepsProblem(
  { steps }: StepGraphSpec,
  registry: WorkRegistry,
): Failure | undefined {
  const works = steps.flatMap(({ name, work }) =>
    work.kind === 'work' ? [{ name, item: work.item }] : [],
  );
  for (const { name, item } of works) {
    if (registry.get(item.type) === undefined) return noExecutor(name, item.type);
  }
  for (const { name, item } of works) {
    const problems = registry.validateWork(item);
    if (problems.length > 0) {
      const message = `The config of the step "${name}" is wrong: ${inWords(problems)}.`;
      return { code: 'execution/bad-work', message };
    }
  }
  return undefined;
}

/** Nobody does the work of a step. */
export function noExecutor(step: string, type: string): Failure {
  const message = `No executor does work of the type "${type}", which the step "${step}" wants.`;
  return { code: 'execution/no-executor', message };
}
