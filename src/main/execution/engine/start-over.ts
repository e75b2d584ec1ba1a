import { STEPS_CHANGED } from '#shared';
import type { ExecutionEngine, FoundExecution } from './execution-engine.ts';

/**
 * What was left unfinished has other steps now: asks a person whether it is to be begun anew. `undefined`
 * when it was called off.
 */
export async function askToStartOver(
  engine: Pick<ExecutionEngine, 'ask'>,
  { executionId, name }: Pick<FoundExecution, 'executionId' | 'name'>,
  signal: AbortSignal,
): Promise<'start-over' | 'leave' | undefined> {
  const question = {
    class: STEPS_CHANGED,
    text: `The steps of ${name} are not the ones that were begun. Start over?`,
    actions: [
      { id: 'start-over', label: 'Start over' },
      { id: 'leave', label: 'Leave it' },
    ],
    default: 'start-over',
  };
  try {
    const answer = await engine.ask(executionId, question, signal);
    return answer === 'start-over' ? 'start-over' : 'leave';
  } catch {
    return undefined;
  }
}
