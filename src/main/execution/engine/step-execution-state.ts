import type { ExecutionView, StepExecutionState, StepStatus } from '#shared';

/** The state of an execution's steps in the words of the plugin format. A skipped step is done. */
export function stepExecutionState(view: ExecutionView): StepExecutionState {
  const withStatus = (...wanted: readonly StepStatus[]): readonly string[] =>
    view.steps.flatMap(({ name, status }) => (wanted.includes(status) ? [name] : []));
  return {
    pluginName: view.name,
    completedSteps: withStatus('completed', 'skipped'),
    currentSteps: withStatus('running'),
    stepResults: view.results,
    startedAt: view.startTime,
    lastUpdated: view.lastUpdated,
  };
}
