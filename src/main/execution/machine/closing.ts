import type { Draft } from './draft.ts';
import { isBroken, type ExecutionState } from './execution-state.ts';
import type { NodeTable } from './node-table.ts';
import type { Places } from './places.ts';
import type { StepNode } from './step-node.ts';

/** The end of an execution, when all steps have ended: undoing, then clean-up, then its last status. */
export class Closing {
  readonly #draft: Draft;
  readonly #places: Places;
  readonly #state: ExecutionState;
  readonly #table: NodeTable;
  readonly #rollback: boolean;
  /** What is yet to be undone, the newest last. */
  #undoes: StepNode[] = [];
  #endsThen = 0;

  constructor(draft: Draft, places: Places, rollback: boolean) {
    this.#draft = draft;
    this.#places = places;
    this.#state = draft.state;
    this.#table = draft.state.table;
    this.#rollback = rollback;
  }

  /** Does the next thing; nothing while one is under way. */
  goOn(): void {
    if (this.#mustUndo() && this.#table.undoable > 0) {
      this.#undoNext();
      return;
    }
    if (this.#table.openCleanUps > 0 && !this.#table.isCleaningUp) this.beginCleanUp();
    if (this.#table.openCleanUps === 0) this.finish();
  }

  beginCleanUp(): void {
    const table = this.#table;
    table.isCleaningUp = true;
    const isUnder = (node: StepNode) => node.isOpen || node.unmetCleanUps > 0;
    for (const node of table.kahnOrder()) {
      if (!node.isAlways) continue;
      node.unmetCleanUps = node.dependencies.filter((d) => d.isAlways && isUnder(d)).length;
      if (node.isOpen) table.offerWhole(node);
    }
    this.#places.startReady();
  }

  finish(): void {
    const state = this.#state;
    const table = this.#table;
    const stopReason = state.stopReason ?? state.solo?.stoppedBefore;
    if (stopReason === 'timeout') this.#draft.stand('failed', 'timeout');
    else if (stopReason === 'cancelled') this.#draft.stand('cancelled', 'cancelled');
    else if (table.failedSteps > 0 || table.failedCleanUps > 0) this.#draft.stand('failed');
    else if (table.cancelledSteps > 0 || this.#isSomeBlockUnexplained())
      this.#draft.stand('failed');
    else this.#draft.stand('completed');
  }

  #mustUndo(): boolean {
    const { stopReason } = this.#state;
    return stopReason !== undefined || (this.#rollback && this.#table.failedSteps > 0);
  }

  /** Newest first, one at a time. */
  #undoNext(): void {
    const table = this.#table;
    // Made once, unless a person had a step done again between, or the life of the app ended.
    if (this.#undoes.length !== table.undoable || this.#endsThen !== table.ends) {
      const worked = [...table.all()].filter((each) => each.worked && each.canBeUndone);
      this.#undoes = worked.sort((a, b) => a.endOrder - b.endOrder);
      this.#endsThen = table.ends;
    }
    const node = this.#undoes.pop();
    if (node === undefined) throw new Error('there is nothing to undo');
    this.#draft.note({ type: 'undo.began', step: node.name, at: this.#draft.at });
    this.#draft.act({ type: 'undo', step: node.name });
  }

  /** Blocked by a failure that was made good since, without its dependents having run. */
  #isSomeBlockUnexplained(): boolean {
    if (this.#table.blockedSteps === 0) return false;
    const behindFailure = new Set<StepNode>();
    for (const node of this.#table.kahnOrder()) {
      const isBehind = node.dependencies.some((each) => behindFailure.has(each));
      if (node.status === 'blocked' && !isBehind) return true;
      if (isBehind || isBroken(node)) behindFailure.add(node);
    }
    return false;
  }
}
