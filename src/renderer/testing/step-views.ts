import type { ExecutionOnScreen, StepView } from '#shared';

/** A step that waits, unless the test says otherwise. */
export function step(name: string, rest: Partial<StepView> = {}): StepView {
  return {
    name,
    description: `Do ${name}`,
    status: 'pending',
    attempts: 0,
    dependsOn: [],
    ...rest,
  };
}

/** An execution of these steps, under way. */
export function execution(
  steps: readonly StepView[],
  rest: Partial<ExecutionOnScreen> = {},
): ExecutionOnScreen {
  return {
    executionId: 'e1',
    type: 'plugin',
    name: 'runtime',
    status: 'running',
    progress: 40,
    message: '',
    startTime: '2026-01-01T10:00:00.000Z',
    lastUpdated: '2026-01-01T10:01:05.000Z',
    steps,
    questions: [],
    ...rest,
  };
}
