import type { StepNode } from './step-node.ts';

/**
 * Nodes that could run now, in declared order: a binary heap. A node that can no longer run is not
 * looked for but passed over later, by its `isReady`.
 */
export class ReadyQueue {
  readonly #heap: StepNode[] = [];

  /** Twice is once. */
  push(node: StepNode): void {
    if (node.isReady) return;
    node.isReady = true;
    const heap = this.#heap;
    let place = heap.length;
    heap.push(node);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.order <= node.order) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = node;
  }

  /** Takes out the first one that is still ready. */
  pop(): StepNode | undefined {
    for (;;) {
      const first = this.#heap[0];
      const last = this.#heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (first !== last) this.#sink(last);
      if (!first.isReady) continue;
      first.isReady = false;
      return first;
    }
  }

  clear(): void {
    for (const node of this.#heap) node.isReady = false;
    this.#heap.length = 0;
  }

  /** Finds the place of a node that comes in at the top. */
  #sink(node: StepNode): void {
    const heap = this.#heap;
    const size = heap.length;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = below + 1 < size ? heap[below + 1] : undefined;
      if (right !== undefined && right.order < child.order) {
        child = right;
        below += 1;
      }
      if (child.order >= node.order) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = node;
  }
}
