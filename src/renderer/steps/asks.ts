import type { ExecutionOnScreen, ExecutionQuestion, Snapshot, StepView } from '#shared';

/** Something that only a person can decide before the work of a plugin goes on. */
export type Ask = { readonly plugin: string; readonly id: string } & (
  | {
      readonly kind: 'question';
      readonly question: ExecutionQuestion;
      /** Absent where the step that asks is not among the steps. */
      readonly step: StepView | undefined;
    }
  | { readonly kind: 'interrupted'; readonly step: StepView }
);

/**
 * What is to be decided, oldest first within a plugin. The plugin that has the screen comes first;
 * those that work in the background would wait for ever if nobody were asked for them.
 */
export function pendingAsks(
  executions: Snapshot['executions'],
  shown: string | undefined,
): readonly Ask[] {
  const all = Object.entries(executions).flatMap(([plugin, execution]) =>
    asksOf(plugin, execution),
  );
  const own = all.filter(({ plugin }) => plugin === shown);
  return [...own, ...all.filter(({ plugin }) => plugin !== shown)];
}

function asksOf(plugin: string, execution: ExecutionOnScreen): readonly Ask[] {
  const { executionId, questions, steps } = execution;
  const interrupted = steps.filter((step) => step.interrupted === true);
  return [
    ...questions.map((question) => ({
      kind: 'question' as const,
      plugin,
      id: `${executionId} ${question.id}`,
      question,
      step: steps.find(({ name }) => name === question.stepName),
    })),
    ...interrupted.map((step) => ({
      kind: 'interrupted' as const,
      plugin,
      id: `${executionId} ${step.name}`,
      step,
    })),
  ];
}
