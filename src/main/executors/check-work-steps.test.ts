import { describe, expect, it } from 'vitest';
import { aStep } from '../execution/graph/step.test-support.ts';
import type { WorkItem } from '../execution/step-spec.ts';
import { workStepsProblem } from './check-work-steps.ts';
import { commandExecutor } from './command/command-executor.ts';
import { createWorkRegistry } from './registry.ts';

/** What is wrong with steps that do this work, one after the other. */
function problemOf(...items: readonly WorkItem[]) {
  const registry = createWorkRegistry();
  registry.register(commandExecutor({ cwd: '/', graceMs: 1000 }));
  const steps = items.map((item, index) => aStep(`s${index}`, { work: { kind: 'work', item } }));
  return workStepsProblem(
    { steps: [aStep('plain'), ...steps], concurrency: 4, rollback: false },
    registry,
  );
}

const GOOD = { type: 'command', config: { cmd: ['true'] } };
const WRONG = { type: 'command', config: { cmd: 'true' } };
const UNKNOWN = { type: 'nosuch', config: {} };

describe('steps with work items', () => {
  it('may begin where their executors find nothing wrong', () => {
    expect(problemOf()).toBeUndefined();
    expect(problemOf(GOOD, GOOD)).toBeUndefined();
  });

  it('may not begin with a type of work that nobody does', () => {
    expect(problemOf(GOOD, WRONG, UNKNOWN)).toEqual({
      code: 'execution/no-executor',
      message: 'No executor does work of the type "nosuch", which the step "s2" wants.',
    });
  });

  it('may not begin with a wrong config', () => {
    expect(problemOf(GOOD, WRONG)).toEqual({
      code: 'execution/bad-work',
      message: 'The config of the step "s1" is wrong: /cmd must be array, not "true".',
    });
  });

  it('may leave values to what steps before them will give', () => {
    const config = { cmd: '${{ steps.plain.outputs.cmd }}' };
    expect(problemOf({ type: 'command', config })).toBeUndefined();
  });
});
