import { describe, expect, it } from 'vitest';
import type { ExecutionView, StepStatus } from '#shared';
import { goingOnLine, summaryLine } from './summary.ts';

function view(
  statuses: readonly StepStatus[],
  { packages = [], ...more }: Partial<ExecutionView> & { packages?: readonly number[] } = {},
): ExecutionView {
  const result = { success: true, skipped: false, output: '', durationSeconds: 1 };
  return {
    executionId: 'x',
    type: 'plugin',
    name: 'greeting',
    status: 'completed',
    progress: 100,
    message: '',
    startTime: '',
    lastUpdated: '',
    steps: statuses.map((status, at) => ({
      name: `s${at}`,
      description: '',
      status,
      attempts: 1,
      dependsOn: [],
    })),
    results: Object.fromEntries(
      packages.map((packagesUpdated, at) => {
        const stepName = `s${at}`;
        return [stepName, { ...result, stepName, attempts: 1, outputs: {}, packagesUpdated }];
      }),
    ),
    questions: [],
    ...more,
  };
}

describe('the summary of a run', () => {
  it.each([
    [view(['completed']), 'greeting: completed in 3.2 s, 1 step done'],
    [
      view(['completed', 'completed', 'skipped']),
      'greeting: completed in 3.2 s, 2 steps done, 1 skipped',
    ],
    [
      view(['completed', 'failed', 'blocked', 'cancelled'], { status: 'failed' }),
      'greeting: failed in 3.2 s, 1 step done, 1 failed, 2 not run',
    ],
    [
      view(['completed', 'completed'], { packages: [3, 1] }),
      'greeting: completed in 3.2 s, 2 steps done, 4 packages updated',
    ],
    [view([]), 'greeting: it has no work to run'],
  ])('counts steps by what became of them, and packages', (ended, line) => {
    expect(summaryLine(ended, 3.21)).toBe(line);
  });

  it('says with what a run goes on', () => {
    expect(goingOnLine(view(['completed', 'skipped', 'pending']))).toBe(
      'Going on with greeting: 2 of 3 steps are done.',
    );
  });
});
