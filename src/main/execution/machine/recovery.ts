import type { Decision } from './execution-machine.ts';
import { plainResult } from './container-end.ts';
import { withLostSecrets } from './reopening.ts';
import type { Scheduler } from './scheduler.ts';
import type { StepNode } from './step-node.ts';

/**
 * After a crash: what was under way becomes pending again, or waits for a person. Decisions of which
 * only the first records were written are carried through.
 */
export function recover(scheduler: Scheduler, headless: boolean): Decision {
  const { state, table } = scheduler;
  for (const node of table.all()) {
    node.secretsLost = node.isSatisfied && node.secretOutputs.length > 0;
  }
  if (state.isFinal) {
    state.solo = undefined;
    scheduler.isLive = true;
    return scheduler.draft.take();
  }
  state.undoing = undefined;
  recoverNodes(scheduler, headless);
  settleTheRest(scheduler);
  scheduler.endings.reset(withLostSecrets(table, new Set()));
  if (state.solo?.whilePaused === true && !state.solo.node.isOpen) state.solo = undefined;
  if (table.interrupted > 0 && state.status === 'running') scheduler.draft.stand('interrupted');
  if (table.interrupted === 0 && state.status === 'interrupted') scheduler.draft.stand('running');
  return scheduler.draft.take();
}

function recoverNodes(scheduler: Scheduler, headless: boolean): void {
  const { draft, table } = scheduler;
  const { at } = draft;
  const again: StepNode[] = [];
  for (const node of [...table.all()]) {
    if (node.waiting) {
      node.waiting = false;
      table.offer(node);
    }
    if (node.interrupted && headless) skipInterrupted(scheduler, node);
    if (!node.takesSlot) continue;
    if (node.skipping) {
      scheduler.endings.end(node, 'skipped', plainResult(node, true), 'person');
    } else if (node.aborted || node.container?.skipping === true) {
      scheduler.endings.end(node, 'cancelled', plainResult(node, false));
    } else if (mayHaveBegun(node)) {
      if (headless) skipInterrupted(scheduler, node);
      else scheduler.draft.note({ type: 'step.interrupted', step: node.name, at });
    } else {
      again.push(node);
    }
  }
  if (again.length === 0) return;
  scheduler.draft.note({ type: 'steps.recovered', steps: again.map(({ name }) => name), at });
}

/** Work that must not be done twice, and may be half done. */
function mayHaveBegun(node: StepNode): boolean {
  if (node.spec.idempotent || node.isForEach) return false;
  return node.working || !node.hasGuard;
}

function skipInterrupted(scheduler: Scheduler, node: StepNode): void {
  scheduler.endings.end(node, 'skipped', plainResult(node, true), 'interrupted');
}

/** A failure or a stop was written, but not what it meant for others. */
function settleTheRest(scheduler: Scheduler): void {
  const { state } = scheduler;
  scheduler.endings.endEmptyContainers();
  scheduler.endings.blockBroken();
  if (state.stopReason !== undefined || state.isFailing) scheduler.endings.cancelUnstarted();
}
