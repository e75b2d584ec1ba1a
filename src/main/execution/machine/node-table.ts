import type { Json, StepStatus } from '#shared';
import type { MachineOptions } from './execution-machine.ts';
import { ReadyQueue } from './ready-queue.ts';
import { StepNode } from './step-node.ts';

/**
 * All nodes of one execution, and what can be counted of them, kept up with every change of a status
 * so that no decision has to look at all nodes.
 */
export class NodeTable {
  /** Those of the graph, in declared order; children hang at their containers. */
  readonly steps: readonly StepNode[];
  readonly ready = new ReadyQueue();
  /** Steps of the graph that have not ended, but for clean-up steps. */
  openSteps = 0;
  openCleanUps = 0;
  /** Nodes that are pending, but for clean-up. */
  unstarted = 0;
  /** Running nodes that take a place. */
  slots = 0;
  /** Steps of the graph whose failure is one of the execution, but for clean-up steps. */
  failedSteps = 0;
  failedCleanUps = 0;
  /** Of all kinds, items too. */
  failedNodes = 0;
  cancelledSteps = 0;
  blockedSteps = 0;
  interrupted = 0;
  /** Nodes whose work would be undone now. */
  undoable = 0;
  /** The time of clean-up steps has come. */
  isCleaningUp = false;
  /** Sums of weights. */
  done = 0;
  reported = 0;
  readonly total: number;

  /** Nodes that ended so far, counting each time. */
  ends = 0;

  /** 1 for steps that dependents need not wait for: done or skipped, and all before them too. */
  readonly #met: Uint8Array;
  /** Dependencies that are not met. Apart from the nodes, for speed. */
  readonly #unmet: Int32Array;
  readonly #dependents: readonly (readonly number[])[];
  readonly #byName = new Map<string, StepNode>();
  #kahnOrder: readonly StepNode[] | undefined;

  constructor({ graph, weights }: MachineOptions) {
    this.steps = graph.steps.map((spec, specIndex) => {
      const weight = weights[specIndex] ?? 1;
      return new StepNode({ name: spec.name, spec, specIndex, weight });
    });
    this.#met = new Uint8Array(this.steps.length);
    this.#unmet = new Int32Array(this.steps.length);
    this.#dependents = graph.dependents;
    this.total = this.steps.reduce((sum, { weight }) => sum + weight, 0);
    const nodesAt = (indexes: readonly number[] | undefined) =>
      (indexes ?? []).map((index) => this.#at(index));
    for (const node of this.steps) {
      this.#byName.set(node.name, node);
      node.dependencies = nodesAt(graph.dependencies[node.specIndex]);
      node.dependents = nodesAt(graph.dependents[node.specIndex]);
      this.#unmet[node.specIndex] = node.dependencies.length;
      this.#tally(node, 1);
      this.offer(node);
    }
  }

  get(name: string): StepNode | undefined {
    return this.#byName.get(name);
  }

  /** It is done or was skipped, and so is everything that it depends on, directly or not. */
  isMet(node: StepNode): boolean {
    return node.container === undefined ? this.#met[node.specIndex] === 1 : node.isSatisfied;
  }

  /** Nothing that it depends on is in its way. */
  hasAllMet(node: StepNode): boolean {
    return this.#unmet[node.specIndex] === 0;
  }

  /** For names that come from the engine or the journal: an unknown one is a bug. */
  known(name: string): StepNode {
    const node = this.#byName.get(name);
    if (node === undefined) throw new Error(`there is no step ${name}`);
    return node;
  }

  /** Children after their container. */
  *all(): Generator<StepNode> {
    for (const node of this.steps) {
      yield node;
      if (node.children !== undefined) yield* node.children;
    }
  }

  /** Dependencies first, ties in declared order. */
  kahnOrder(): readonly StepNode[] {
    if (this.#kahnOrder !== undefined) return this.#kahnOrder;
    const missing = this.steps.map(({ dependencies }) => dependencies.length);
    const order = this.steps.filter(({ dependencies }) => dependencies.length === 0);
    // The list grows while it is walked.
    for (const node of order) {
      for (const { specIndex } of node.dependents) {
        missing[specIndex] = (missing[specIndex] ?? 0) - 1;
        if (missing[specIndex] === 0) order.push(this.#at(specIndex));
      }
    }
    this.#kahnOrder = order;
    return order;
  }

  /** Of what makes the execution fail: an item before its container. */
  firstFailed(): StepNode | undefined {
    if (this.failedNodes === 0) return undefined;
    let first: StepNode | undefined;
    for (const node of this.all()) {
      if (node.status !== 'failed' || node.container?.isSatisfied === true) continue;
      if (node.spec.onError === 'continue' && !node.isAlways) continue;
      if (first === undefined || node.endOrder < first.endOrder) first = node;
    }
    return first;
  }

  /** Puts a node up for running, if nothing stands in its way. */
  offer(node: StepNode): void {
    if (node.status !== 'pending' || node.waiting || node.interrupted) return;
    if (node.isAlways) {
      const { unmetCleanUps } = node.container ?? node;
      if (!this.isCleaningUp || unmetCleanUps > 0) return;
    } else if (!this.hasAllMet(node)) {
      return;
    }
    this.ready.push(node);
  }

  /** A node, or the items of a container whose items are under way. */
  offerWhole(node: StepNode): void {
    if (node.children === undefined) this.offer(node);
    else for (const child of node.children) this.offer(child);
  }

  /** In a new life nobody holds or waits for anything. */
  offerAnew(): void {
    this.isCleaningUp = false;
    this.ready.clear();
    for (const node of this.all()) {
      node.ticket = 'none';
      this.offer(node);
    }
  }

  move(node: StepNode, to: StepStatus): void {
    if (node.status === to) return;
    const wasSatisfied = node.isSatisfied;
    this.#tally(node, -1);
    node.isReady = false;
    if (node.status === 'running') {
      this.ends += 1;
      node.endOrder = this.ends;
      this.report(node, undefined);
    }
    node.status = to;
    this.#tally(node, 1);
    if (node.isSatisfied === wasSatisfied) return;
    this.#count(node);
    if (node.container === undefined) this.#meet(node.specIndex);
  }

  /** What a running node says of itself: 0..100. */
  report(node: StepNode, percent: number | undefined): void {
    if (percent === undefined && node.percent === undefined) return;
    const share = ((percent ?? 0) / 100) * node.weight;
    this.reported += share - node.reported;
    node.reported = share;
    node.percent = percent;
  }

  setInterrupted(node: StepNode, interrupted: boolean): void {
    if (node.interrupted === interrupted) return;
    node.interrupted = interrupted;
    this.interrupted += interrupted ? 1 : -1;
    if (interrupted) node.isReady = false;
  }

  setWorked(node: StepNode, worked: boolean): void {
    if (node.worked === worked) return;
    node.worked = worked;
    if (node.canBeUndone) this.undoable += worked ? 1 : -1;
  }

  /** A running container gets its children, and gives its place to them. */
  expand(container: StepNode, items: readonly Json[]): void {
    const { spec, specIndex } = container;
    this.slots -= 1;
    this.report(container, undefined);
    const weight = container.weight / items.length;
    container.children = items.map((item, itemIndex) => {
      const name = `${container.name}[${itemIndex}]`;
      const child = new StepNode({ name, spec, specIndex, weight, container, item, itemIndex });
      this.#byName.set(name, child);
      this.#tally(child, 1);
      return child;
    });
    for (const child of container.children) this.offer(child);
  }

  /** Back to the beginning. A container forgets its children; a child opens its container again. */
  reset(node: StepNode): void {
    if (node.children !== undefined) this.#forgetChildren(node, node.children);
    node.attempts = 0;
    node.startedAt = undefined;
    node.result = undefined;
    node.reason = undefined;
    node.secretOutputs = [];
    node.secretsLost = false;
    node.waiting = false;
    node.recovered = false;
    node.working = false;
    node.skipping = false;
    node.aborted = false;
    node.undone = false;
    this.setInterrupted(node, false);
    this.move(node, 'pending');
    const { container } = node;
    if (container !== undefined && container.status !== 'running') {
      container.result = undefined;
      container.reason = undefined;
      container.skipping = false;
      this.move(container, 'running');
    }
    this.offer(node);
  }

  /** Lets dependents on, or holds them back. Goes through those that were done or skipped before. */
  #meet(index: number): void {
    const unmet = this.#unmet;
    const changed = [index];
    for (let next = changed.pop(); next !== undefined; next = changed.pop()) {
      const isMet = this.#at(next).isSatisfied && unmet[next] === 0;
      if (isMet === (this.#met[next] === 1)) continue;
      this.#met[next] = isMet ? 1 : 0;
      for (const dependent of this.#dependents[next] ?? []) {
        const left = (unmet[dependent] ?? 0) + (isMet ? -1 : 1);
        unmet[dependent] = left;
        if (left > (isMet ? 0 : 1)) continue;
        const node = this.#at(dependent);
        if (node.isSatisfied) changed.push(dependent);
        else if (isMet) this.offerWhole(node);
        else this.#holdBack(node);
      }
    }
  }

  /** A dependency is to be done again, of a container maybe while its children are under way. */
  #holdBack(node: StepNode): void {
    if (node.isAlways) return;
    node.isReady = false;
    for (const child of node.children ?? []) child.isReady = false;
  }

  #forgetChildren(container: StepNode, children: readonly StepNode[]): void {
    for (const child of children) {
      this.#tally(child, -1);
      this.setInterrupted(child, false);
      this.setWorked(child, false);
      this.report(child, undefined);
      this.done -= child.counted;
      child.isReady = false;
      this.#byName.delete(child.name);
    }
    if (container.status === 'running') this.slots += 1;
    container.children = undefined;
    container.openChildren = 0;
  }

  #tally(node: StepNode, by: 1 | -1): void {
    const { container, isAlways, status } = node;
    if (status === 'pending' || status === 'running') {
      if (container !== undefined) container.openChildren += by;
      else if (isAlways) this.openCleanUps += by;
      else this.openSteps += by;
      if (status === 'running') {
        if (node.children === undefined) this.slots += by;
      } else if (!isAlways) this.unstarted += by;
      return;
    }
    if (status === 'failed') this.failedNodes += by;
    if (container !== undefined) return;
    if (status === 'failed') {
      if (isAlways) this.failedCleanUps += by;
      else if (node.spec.onError === 'stop') this.failedSteps += by;
    } else if (status === 'cancelled') this.cancelledSteps += by;
    else if (status === 'blocked') this.blockedSteps += by;
  }

  /** A container counts what its children do not. */
  #count(node: StepNode): void {
    let share = node.isSatisfied ? node.weight : 0;
    if (share > 0) for (const child of node.children ?? []) share -= child.counted;
    this.done += share - node.counted;
    node.counted = share;
  }

  #at(index: number): StepNode {
    const node = this.steps[index];
    if (node === undefined) throw new Error(`there is no step ${index}`);
    return node;
  }
}
