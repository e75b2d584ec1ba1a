import type { Draft } from './draft.ts';
import type { ExecutionState } from './execution-state.ts';
import type { NodeTable } from './node-table.ts';
import { ReadyQueue } from './ready-queue.ts';
import type { StepNode } from './step-node.ts';

/** Gives ready nodes their places, up to the limit of concurrency, and their mutexes before. */
export class Places {
  readonly #draft: Draft;
  readonly #state: ExecutionState;
  readonly #table: NodeTable;
  readonly #concurrency: number;
  /** Nodes that hold their mutexes and want a place. */
  readonly #granted = new ReadyQueue();
  /** Nodes with a ticket that do not run. */
  readonly #tickets = new Set<StepNode>();

  constructor(draft: Draft, concurrency: number) {
    this.#draft = draft;
    this.#state = draft.state;
    this.#table = draft.state.table;
    this.#concurrency = concurrency;
  }

  /** The life under way ends: whoever had mutexes or a ticket asks again in the next one. */
  halt(): void {
    this.#tickets.clear();
    this.#granted.clear();
    this.#table.offerAnew();
  }

  /** It holds its mutexes now, if it still wants them. */
  grant(node: StepNode): void {
    if (node.ticket !== 'asked') return;
    node.ticket = 'held';
    this.#granted.push(node);
  }

  /** Gives mutexes back, or takes back that they were asked for. */
  release(node: StepNode): void {
    if (node.ticket === 'none') return;
    node.ticket = 'none';
    this.#tickets.delete(node);
    this.#draft.act({ type: 'release', step: node.name });
  }

  /** Takes a node that does not run out of everything it waits for. */
  withdraw(node: StepNode): void {
    if (node.waiting) this.#draft.act({ type: 'cancel-wait', step: node.name });
    if (this.#tickets.has(node)) this.release(node);
  }

  /** For a pause: who has a ticket and does not run asks again when it goes on. */
  withdrawTickets(): void {
    for (const node of [...this.#tickets]) {
      this.release(node);
      node.isReady = false;
      this.#table.offer(node);
    }
  }

  startReady(): void {
    const table = this.#table;
    while (table.slots < this.#concurrency) {
      // In strict order, one that waits for its mutexes holds back those after it.
      const holdsBack = this.#concurrency === 1 && this.#tickets.size > 0;
      const node = this.#granted.pop() ?? (holdsBack ? undefined : table.ready.pop());
      if (node === undefined) return;
      this.#start(node);
    }
  }

  startAlone(node: StepNode): void {
    for (const candidate of node.children ?? [node]) {
      if (this.#table.slots >= this.#concurrency) return;
      if (!candidate.isReady) continue;
      candidate.isReady = false;
      this.#start(candidate);
    }
  }

  /** Or asks for its mutexes first. */
  #start(node: StepNode): void {
    const { mutexes } = node.spec;
    if (mutexes.length > 0) {
      if (node.ticket === 'none' && !node.isForEach) {
        node.ticket = 'asked';
        this.#tickets.add(node);
        this.#draft.act({ type: 'acquire', step: node.name, mutexes });
        return;
      }
      this.#tickets.delete(node);
    }
    const attempt = node.attempts + 1;
    this.#draft.add({ type: 'step.running', step: node.name, attempt, at: this.#draft.at });
    this.#state.begin(node, attempt, this.#draft.at);
    this.#draft.act({ type: 'run', step: node.name, attempt });
  }
}
