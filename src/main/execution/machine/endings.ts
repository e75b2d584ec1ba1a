import type { StepResult } from '#shared';
import { containerEnd } from './container-end.ts';
import type { Draft } from './draft.ts';
import { isBroken, type ExecutionState } from './execution-state.ts';
import type { NodeTable } from './node-table.ts';
import type { Places } from './places.ts';
import type { StepNode } from './step-node.ts';

/** How nodes end, and what that means for those that have not begun. */
export class Endings {
  readonly #draft: Draft;
  readonly #places: Places;
  readonly #state: ExecutionState;
  readonly #table: NodeTable;

  constructor(draft: Draft, places: Places) {
    this.#draft = draft;
    this.#places = places;
    this.#state = draft.state;
    this.#table = draft.state.table;
  }

  end(
    node: StepNode,
    status: 'completed' | 'failed' | 'skipped' | 'cancelled',
    result: StepResult,
    reason?: string,
    secretOutputs?: readonly string[],
  ): void {
    const { at } = this.#draft;
    const ended = { type: 'step.ended', step: node.name, status, result, at } as const;
    const isPlain = reason === undefined && secretOutputs === undefined;
    this.#draft.add(
      isPlain
        ? ended
        : {
            ...ended,
            ...(reason === undefined ? {} : { reason }),
            ...(secretOutputs === undefined ? {} : { secretOutputs }),
          },
    );
    this.#state.end(node, status, result, reason, secretOutputs);
    if (node.isAlways) this.#letCleanUpsOn(node);
    else if (status === 'failed' || status === 'cancelled') this.#contain(node, status);
    const { container } = node;
    if (container?.status === 'running' && container.openChildren === 0) {
      this.endContainer(container);
    }
  }

  endContainer(container: StepNode): void {
    const { status, result, reason, secretOutputs } = containerEnd(container);
    this.end(container, status, result, reason, secretOutputs);
  }

  endEmptyContainers(): void {
    for (const node of this.#table.steps) {
      if (node.status === 'running' && node.children !== undefined && node.openChildren === 0) {
        this.endContainer(node);
      }
    }
  }

  /** What depends on a node that failed does not run. */
  blockDependents(node: StepNode): void {
    const seen = new Set<StepNode>();
    const blocked: StepNode[] = [];
    const cancelled: StepNode[] = [];
    const frontier = [node];
    for (const broken of frontier) {
      for (const dependent of broken.dependents) {
        if (dependent.isAlways || seen.has(dependent)) continue;
        if (dependent.status === 'pending') {
          blocked.push(dependent);
          seen.add(dependent);
          frontier.push(dependent);
        } else if (dependent.isSatisfied || dependent.status === 'running') {
          // It was done before what it depends on had to be done again.
          cancelled.push(...pendingItems(dependent));
          seen.add(dependent);
          frontier.push(dependent);
        }
      }
    }
    this.settleAll('blocked', blocked);
    this.settleAll('cancelled', cancelled);
    if (cancelled.length > 0) this.endEmptyContainers();
  }

  /** For wherever a failure may have dependents that it did not block yet. */
  blockBroken(): void {
    for (const node of this.#table.kahnOrder()) {
      // An item that failed fails its container, though others may still run.
      const isLost =
        node.spec.onError === 'stop' &&
        node.status === 'running' &&
        node.children?.some(({ status }) => status === 'failed') === true;
      if ((isLost || isBroken(node)) && !node.isAlways) this.blockDependents(node);
    }
  }

  /** Nothing that has not begun will begin. What was under way at a crash may end, if it can. */
  cancelUnstarted(): void {
    if (this.#table.unstarted === 0) return;
    const cancelled: StepNode[] = [];
    for (const node of this.#table.all()) {
      if (node.status !== 'pending' || node.isAlways) continue;
      const wasUnderWay = node.interrupted || node.recovered;
      if (wasUnderWay && this.#table.hasAllMet(node)) continue;
      cancelled.push(node);
    }
    this.settleAll('cancelled', cancelled);
    this.endEmptyContainers();
  }

  settleAll(status: 'blocked' | 'cancelled', nodes: readonly StepNode[]): void {
    if (nodes.length === 0) return;
    for (const node of nodes) this.#places.withdraw(node);
    const { at } = this.#draft;
    this.#draft.note({ type: 'steps.settled', status, steps: nodes.map(({ name }) => name), at });
  }

  /** In one record, so that a crash finds all of them reset or none. */
  reset(nodes: ReadonlySet<StepNode>): void {
    if (nodes.size === 0) return;
    // The items of a container are forgotten along with it.
    const whole = [...nodes].filter(({ container }) => !container || !nodes.has(container));
    const inOrder = whole.sort((a, b) => a.order - b.order);
    for (const node of inOrder) this.#places.withdraw(node);
    this.#draft.note({
      type: 'steps.reset',
      steps: inOrder.map(({ name }) => name),
      at: this.#draft.at,
    });
  }

  /** A failure goes no further than its dependents, or stops everything that has not begun. */
  #contain(node: StepNode, status: 'failed' | 'cancelled'): void {
    const stops = status === 'failed' && node.spec.onError === 'stop';
    const whole = node.container ?? node;
    if (stops || whole === node) this.blockDependents(whole);
    if (stops) this.cancelUnstarted();
  }

  /** Clean-up waits for the clean-up that it depends on, but not for its success. */
  #letCleanUpsOn(ended: StepNode): void {
    if (!this.#table.isCleaningUp || ended.container !== undefined) return;
    const over = [ended];
    for (let node = over.pop(); node !== undefined; node = over.pop()) {
      if (node.isOpen || node.unmetCleanUps > 0) continue;
      for (const dependent of node.dependents) {
        dependent.unmetCleanUps -= 1;
        if (dependent.unmetCleanUps > 0) continue;
        if (dependent.isOpen) this.#table.offerWhole(dependent);
        else over.push(dependent);
      }
    }
  }
}

function pendingItems(container: StepNode): readonly StepNode[] {
  return (container.children ?? []).filter(({ status }) => status === 'pending');
}
