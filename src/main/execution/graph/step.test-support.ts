import { DEFAULT_RETRY, type CommandSpec, type StepSpec } from '../step-spec.ts';
import { checkSteps } from './check-steps.ts';
import type { StepGraph } from './step-graph.ts';

/** A step with every default, for tests. */
export function aStep(name: string, fields: Partial<StepSpec> = {}): StepSpec {
  return {
    name,
    description: `Does ${name}`,
    work: { kind: 'run' },
    dependsOn: [],
    mutexes: [],
    idempotent: true,
    has: { check: false, forEach: false, undo: false, verify: false, when: false },
    always: false,
    retry: DEFAULT_RETRY,
    onError: 'stop',
    sudo: false,
    ...fields,
  };
}

/** The work of a step that is commands. */
export function commandsOf(...commands: readonly CommandSpec[]): StepSpec['work'] {
  return { kind: 'commands', commands };
}

/** A step that prints `text`. */
export function printing(name: string, text: string, fields: Partial<StepSpec> = {}): StepSpec {
  return aStep(name, { work: commandsOf({ cmd: ['echo', text] }), ...fields });
}

/** Checks steps as an execution of their own. */
export function check(...steps: readonly StepSpec[]): ReturnType<typeof checkSteps> {
  return checkSteps({ steps, concurrency: 4, rollback: false });
}

/** The graph of steps that are right. */
export function graphOf(...steps: readonly StepSpec[]): StepGraph {
  const checked = check(...steps);
  if (!checked.ok) throw new Error(checked.failure.message);
  return checked.value;
}

/** What is wrong with steps, and the hint; fails where nothing is. */
export function problemOf(...steps: readonly StepSpec[]): string {
  const checked = check(...steps);
  if (checked.ok) throw new Error('nothing is wrong with the steps');
  const { code, message, hint } = checked.failure;
  if (code !== 'execution/bad-steps') throw new Error(`the code is ${code}`);
  return hint === undefined ? message : `${message} ${hint}`;
}
