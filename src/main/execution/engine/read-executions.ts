import { ok, type ExecutionView, type Result } from '#shared';
import { readExecutionJournal } from '../journal/open-journal.ts';
import { isFinal } from '../records.ts';
import { foldExecution } from './restore-execution.ts';

/**
 * What stands in a device's journal, newest first, without touching it: for whoever looks while no app
 * runs. What was under way is `interrupted`. Executions that cannot be read back are left out.
 * @param journalFolder where the engine of that device keeps its journal
 */
export async function readExecutions(
  journalFolder: string,
): Promise<Result<readonly ExecutionView[]>> {
  const recovery = await readExecutionJournal(journalFolder);
  if (!recovery.ok) return recovery;
  const views = recovery.value.executions.flatMap((found): readonly ExecutionView[] => {
    const folded = foldExecution(found);
    if (!folded.ok) return [];
    const view = folded.value.projection.view();
    return [isFinal(view.status) ? view : { ...view, status: 'interrupted', reason: 'restarted' }];
  });
  return ok(views.reverse());
}
