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
    if (node.isAlways) this.#countDownCleanUps(node);
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
    const blocked = new Set<StepNode>();
    const cancelled: StepNode[] = [];
    const frontier = [node];
    for (const broken of frontier) {
      for (const dependent of broken.dependents) {
        if (dependent.isAlways || blocked.has(dependent)) continue;
        if (dependent.status === 'pending') {
          blocked.add(dependent);
          frontier.push(dependent);
        } else if (dependent.status === 'running') {
          // What it depends on was done, and had to be done again while its items were under way.
          cancelled.push(...pendingItems(dependent));
        }
      }
    }
    this.settleAll('blocked', [...blocked]);
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

  /** Nothing that has not begun will begin; what was under way at a crash may end. */
  cancelUnstarted(): void {
    if (this.#table.unstarted === 0) return;
    const cancelled: StepNode[] = [];
    for (const node of this.#table.all()) {
      if (node.status !== 'pending' || node.isAlways) continue;
      if (node.interrupted || node.recovered) continue;
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
  #countDownCleanUps(node: StepNode): void {
    for (const dependent of node.dependents) {
      if (!dependent.isAlways) continue;
      dependent.unmetCleanUps -= 1;
      this.#table.offerWhole(dependent);
    }
  }
}

function pendingItems(container: StepNode): readonly StepNode[] {
  return (container.children ?? []).filter(({ status }) => status === 'pending');
}
