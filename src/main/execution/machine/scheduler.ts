import type { Json, StepResult } from '#shared';
import { backoffMs } from '../../backoff.ts';
import type { ExecutionRecord } from '../records.ts';
import { containerEnd, plainResult } from './container-end.ts';
import type { Decision } from './execution-machine.ts';
import { isBroken, type ExecutionState } from './execution-state.ts';
import type { MachineAction, StepOutcome } from './inputs.ts';
import type { NodeTable } from './node-table.ts';
import { ReadyQueue } from './ready-queue.ts';
import type { StepNode } from './step-node.ts';

/**
 * Starts what can start and ends what has ended. Everything it decides is folded into the state at
 * once and gathered for `take`; `at` is the time of the input under way.
 */
export class Scheduler {
  readonly state: ExecutionState;
  readonly table: NodeTable;
  at = 0;
  /** Nothing starts before `begin`. */
  isLive = false;

  readonly #concurrency: number;
  readonly #rollback: boolean;
  #records: ExecutionRecord[] = [];
  #actions: MachineAction[] = [];
  /** Nodes that hold their mutexes and want a place. */
  readonly #granted = new ReadyQueue();
  /** Nodes with a ticket that do not run. */
  readonly #tickets = new Set<StepNode>();
  /** What is yet to be undone, the newest last; made when undoing begins. */
  #undoes: StepNode[] = [];

  constructor(
    state: ExecutionState,
    limits: { readonly concurrency: number; readonly rollback: boolean },
  ) {
    this.state = state;
    this.table = state.table;
    this.#concurrency = limits.concurrency;
    this.#rollback = limits.rollback;
  }

  /** The life under way ends: whoever had mutexes or a ticket asks again in the next one. */
  halt(): void {
    this.isLive = false;
    this.#tickets.clear();
    this.#granted.clear();
    this.#undoes = [];
    this.table.offerAnew();
  }

  /** What was decided since the last call. */
  take(): Decision {
    const decision = { records: this.#records, actions: this.#actions };
    this.#records = [];
    this.#actions = [];
    return decision;
  }

  note(record: ExecutionRecord): void {
    this.#records.push(record);
    this.state.apply(record);
  }

  act(action: MachineAction): void {
    this.#actions.push(action);
  }

  /** From the beginning, or after a recovery. */
  begin(): void {
    this.isLive = true;
    if (this.state.status === 'pending') this.stand('running');
    this.advance();
  }

  granted(node: StepNode): void {
    if (node.ticket !== 'asked') return;
    node.ticket = 'held';
    this.#granted.push(node);
    this.advance();
  }

  due(node: StepNode): void {
    if (!node.waiting) return;
    node.waiting = false;
    this.table.offer(node);
    this.advance();
  }

  settled(node: StepNode, outcome: StepOutcome, random: number): void {
    this.release(node);
    this.#settle(node, outcome, random);
    this.advance();
  }

  undone(node: StepNode, success: boolean, error: string | undefined): void {
    const { at } = this;
    const reason = error === undefined ? {} : { error };
    this.note({ type: 'undo.ended', step: node.name, success, ...reason, at });
    this.advance();
  }

  /** Gives mutexes back, or takes back that they were asked for. */
  release(node: StepNode): void {
    if (node.ticket === 'none') return;
    node.ticket = 'none';
    this.#tickets.delete(node);
    this.act({ type: 'release', step: node.name });
  }

  /** Takes a node that does not run out of everything it waits for. */
  withdraw(node: StepNode): void {
    if (node.waiting) this.act({ type: 'cancel-wait', step: node.name });
    if (this.#tickets.has(node)) this.release(node);
  }

  /** For a pause: who has a ticket and does not run asks again when it goes on. */
  withdrawTickets(): void {
    for (const node of [...this.#tickets]) {
      this.release(node);
      node.isReady = false;
      this.table.offer(node);
    }
  }

  end(
    node: StepNode,
    status: 'completed' | 'failed' | 'skipped' | 'cancelled',
    result: StepResult,
    reason?: string,
    secretOutputs?: readonly string[],
  ): void {
    const { at } = this;
    this.#records.push({
      type: 'step.ended',
      step: node.name,
      status,
      result,
      ...(reason === undefined ? undefined : { reason }),
      ...(secretOutputs === undefined ? undefined : { secretOutputs }),
      at,
    });
    this.state.end(node, status, result, reason, secretOutputs);
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

  /** In one record, so that a crash finds all of them reset or none. */
  reset(nodes: ReadonlySet<StepNode>): void {
    if (nodes.size === 0) return;
    // The items of a container are forgotten along with it.
    const whole = [...nodes].filter(({ container }) => !container || !nodes.has(container));
    const inOrder = whole.sort((a, b) => a.order - b.order);
    for (const node of inOrder) this.withdraw(node);
    this.#undoes = [];
    this.note({ type: 'steps.reset', steps: inOrder.map(({ name }) => name), at: this.at });
  }

  settleAll(status: 'blocked' | 'cancelled', nodes: readonly StepNode[]): void {
    if (nodes.length === 0) return;
    for (const node of nodes) this.withdraw(node);
    const { at } = this;
    this.note({ type: 'steps.settled', status, steps: nodes.map(({ name }) => name), at });
  }

  /** Nothing that has not begun will begin; what was under way at a crash may end. */
  cancelUnstarted(): void {
    if (this.table.unstarted === 0) return;
    const cancelled: StepNode[] = [];
    for (const node of this.table.all()) {
      if (node.status !== 'pending' || node.isAlways) continue;
      if (node.interrupted || node.recovered) continue;
      cancelled.push(node);
    }
    this.settleAll('cancelled', cancelled);
    this.endEmptyContainers();
  }

  /** For wherever a failure may have dependents that it did not block yet. */
  blockBroken(): void {
    for (const node of this.table.kahnOrder()) {
      // An item that failed fails its container, though others may still run.
      const isLost =
        node.spec.onError === 'stop' &&
        node.status === 'running' &&
        node.children?.some(({ status }) => status === 'failed') === true;
      if ((isLost || isBroken(node)) && !node.isAlways) this.blockDependents(node);
    }
  }

  endEmptyContainers(): void {
    for (const node of this.table.steps) {
      if (node.status === 'running' && node.children !== undefined && node.openChildren === 0) {
        this.endContainer(node);
      }
    }
  }

  /** Starts everything that can start now, and goes on to the end when nothing is left. */
  advance(): void {
    const { state, table } = this;
    if (!this.isLive || state.isFinal) return;
    if (state.status === 'interrupted' && table.interrupted === 0) this.stand('running');
    const { solo } = state;
    if (state.status === 'paused') {
      if (solo?.whilePaused === true) this.#startAlone(solo.node);
      return;
    }
    this.#startReady();
    if (solo !== undefined) {
      if (solo.node.isAlways && !table.isCleaningUp) this.#beginCleanUp();
      if (!solo.node.isOpen) this.finish();
      return;
    }
    // Something runs, waits, or is asked of a person.
    if (table.openSteps > 0 || table.slots > 0 || state.undoing !== undefined) return;
    if (this.#mustUndo() && table.undoable > 0) {
      this.#undoNext();
      return;
    }
    if (table.openCleanUps > 0) {
      if (!table.isCleaningUp) this.#beginCleanUp();
      if (table.openCleanUps > 0) return;
    }
    this.finish();
  }

  stand(status: ExecutionState['status'], reason?: string): void {
    const { at } = this;
    this.note({ type: 'status', status, ...(reason === undefined ? {} : { reason }), at });
  }

  /** Runs from now on, as far as nothing is asked of a person. */
  goOn(): void {
    const status = this.table.interrupted > 0 ? 'interrupted' : 'running';
    if (this.state.status !== status) this.stand(status);
  }

  #settle(node: StepNode, outcome: StepOutcome, random: number): void {
    const isCalledOff = node.aborted || node.container?.skipping === true;
    if (node.skipping) {
      const done = outcome.kind === 'expanded' ? plainResult(node, true) : outcome.result;
      const { errorMessage: _, ...result } = done;
      this.end(node, 'skipped', { ...result, success: true, skipped: true }, 'person');
      return;
    }
    switch (outcome.kind) {
      case 'completed':
        this.end(node, 'completed', outcome.result, undefined, outcome.secretOutputs);
        return;
      case 'skipped':
        this.end(node, 'skipped', outcome.result, outcome.reason);
        return;
      case 'expanded':
        this.#expand(node, outcome.items);
        return;
      case 'cancelled':
        // Where nobody called it off, its dependents must hear that it did not do its work.
        this.end(node, isCalledOff ? 'cancelled' : 'failed', outcome.result);
        return;
      case 'failed':
        if (!isCalledOff && outcome.final !== true && this.#mayRetry(node)) {
          this.#waitForRetry(node, outcome.result.errorMessage ?? '', random);
        } else {
          this.end(node, isCalledOff ? 'cancelled' : 'failed', outcome.result);
        }
    }
  }

  #mayRetry(node: StepNode): boolean {
    if (node.attempts >= node.spec.retry.maxAttempts) return false;
    const { isFailing, solo } = this.state;
    if (!isFailing || node.isAlways) return true;
    return solo !== undefined && (solo.node === node || solo.node === node.container);
  }

  #waitForRetry(node: StepNode, error: string, random: number): void {
    const { initialSeconds, maxSeconds } = node.spec.retry.backoff;
    const limits = { baseMs: initialSeconds * 1000, capMs: maxSeconds * 1000 };
    const delayMs = backoffMs(node.attempts, () => random, limits);
    const { name: step, attempts: attempt } = node;
    this.note({ type: 'step.waiting', step, attempt, delayMs, error, at: this.at });
    this.act({ type: 'wait', step, delayMs });
  }

  #expand(node: StepNode, items: readonly Json[]): void {
    if (node.aborted || (this.state.isFailing && !node.isAlways && this.state.solo === undefined)) {
      this.end(node, 'cancelled', plainResult(node, false));
    } else if (items.length === 0) {
      this.end(node, 'skipped', plainResult(node, true), 'empty');
    } else {
      this.note({ type: 'step.expanded', step: node.name, items });
    }
  }

  /** A failure goes no further than its dependents, or stops everything that has not begun. */
  #contain(node: StepNode, status: 'failed' | 'cancelled'): void {
    const stops = status === 'failed' && node.spec.onError === 'stop';
    const whole = node.container ?? node;
    if (stops || whole === node) this.blockDependents(whole);
    if (stops) this.cancelUnstarted();
  }

  #startReady(): void {
    const { table } = this;
    while (table.slots < this.#concurrency) {
      // In strict order, one that waits for its mutexes holds back those after it.
      const holdsBack = this.#concurrency === 1 && this.#tickets.size > 0;
      const node = this.#granted.pop() ?? (holdsBack ? undefined : table.ready.pop());
      if (node === undefined) return;
      this.#start(node);
    }
  }

  #startAlone(node: StepNode): void {
    for (const candidate of node.children ?? [node]) {
      if (this.table.slots >= this.#concurrency) return;
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
        this.act({ type: 'acquire', step: node.name, mutexes });
        return;
      }
      this.#tickets.delete(node);
    }
    const attempt = node.attempts + 1;
    this.#records.push({ type: 'step.running', step: node.name, attempt, at: this.at });
    this.state.begin(node, attempt, this.at);
    this.#actions.push({ type: 'run', step: node.name, attempt });
  }

  #mustUndo(): boolean {
    const { stopReason } = this.state;
    return stopReason !== undefined || (this.#rollback && this.table.failedSteps > 0);
  }

  /** Newest first, one at a time. */
  #undoNext(): void {
    if (this.#undoes.length === 0) {
      const worked = [...this.table.all()].filter((node) => node.worked && node.canBeUndone);
      this.#undoes = worked.sort((a, b) => a.endOrder - b.endOrder);
    }
    const node = this.#undoes.pop();
    if (node === undefined) throw new Error('there is nothing to undo');
    this.note({ type: 'undo.began', step: node.name, at: this.at });
    this.act({ type: 'undo', step: node.name });
  }

  #beginCleanUp(): void {
    const { table } = this;
    table.isCleaningUp = true;
    const open = table.steps.filter((node) => node.isAlways && node.isOpen);
    for (const node of open) {
      node.unmetCleanUps = node.dependencies.filter((d) => d.isAlways && d.isOpen).length;
    }
    for (const node of open) table.offerWhole(node);
    this.#startReady();
  }

  /** Clean-up waits for the clean-up that it depends on, but not for its success. */
  #countDownCleanUps(node: StepNode): void {
    for (const dependent of node.dependents) {
      if (!dependent.isAlways) continue;
      dependent.unmetCleanUps -= 1;
      this.table.offerWhole(dependent);
    }
  }

  finish(): void {
    const { state, table } = this;
    const stopReason = state.stopReason ?? state.solo?.stoppedBefore;
    if (stopReason === 'timeout') this.stand('failed', 'timeout');
    else if (stopReason === 'cancelled') this.stand('cancelled', 'cancelled');
    else if (table.failedSteps > 0 || table.failedCleanUps > 0) this.stand('failed');
    else if (table.cancelledSteps > 0 || this.#isSomeBlockUnexplained()) this.stand('failed');
    else this.stand('completed');
  }

  /** Blocked by a failure that was made good since, without its dependents having run. */
  #isSomeBlockUnexplained(): boolean {
    if (this.table.blockedSteps === 0) return false;
    const explained = new Set<StepNode>();
    for (const node of this.table.kahnOrder()) {
      if (node.status !== 'blocked') continue;
      const cause = node.dependencies.find(
        (d) => explained.has(d) || (isBroken(d) && d.status !== 'blocked'),
      );
      if (cause === undefined) return true;
      explained.add(node);
    }
    return false;
  }
}

function pendingItems(container: StepNode): readonly StepNode[] {
  return (container.children ?? []).filter(({ status }) => status === 'pending');
}
