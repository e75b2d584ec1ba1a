import type { ExecutionControl, ExecutionStatus, StepResult } from '#shared';
import { isFinal, type ExecutionRecord } from '../records.ts';
import type { MachineOptions } from './execution-machine.ts';
import { NodeTable } from './node-table.ts';
import type { StepNode } from './step-node.ts';

export type StopReason = 'cancelled' | 'timeout';

/** A step that runs alone, on its own account. */
interface Solo {
  readonly node: StepNode;
  /** Else the execution was final, and is again afterwards. */
  readonly whilePaused: boolean;
  /** Of the final execution. */
  readonly stoppedBefore: StopReason | undefined;
}

// Sums of shares of a third miss the whole by less than this.
const ROUNDING = 1e-9;

/**
 * What the records say of one execution, and nothing else: `apply` folds them one after the other,
 * whether they were decided just now or in an earlier life.
 */
export class ExecutionState {
  readonly table: NodeTable;
  status: ExecutionStatus = 'pending';
  reason: string | undefined = undefined;
  /** 0..100, whole; never falls. */
  progress = 0;
  stopReason: StopReason | undefined = undefined;
  /** A failure that stops what has not begun; until the execution is opened again. */
  isFailing = false;
  solo: Solo | undefined = undefined;
  undoing: StepNode | undefined = undefined;

  constructor(options: MachineOptions) {
    this.table = new NodeTable(options);
  }

  get isFinal(): boolean {
    return isFinal(this.status);
  }

  apply(record: ExecutionRecord): void {
    const { table } = this;
    switch (record.type) {
      case 'step.running':
        this.begin(table.known(record.step), record.attempt, record.at);
        return;
      case 'step.ended': {
        const { status, result, reason, secretOutputs } = record;
        this.end(table.known(record.step), status, result, reason, secretOutputs);
        return;
      }
      case 'step.working':
        table.known(record.step).working = true;
        return;
      case 'step.expanded':
        table.expand(table.known(record.step), record.items);
        return;
      case 'step.waiting':
        this.#wait(table.known(record.step));
        return;
      case 'steps.settled':
        for (const name of record.steps) this.#settle(table.known(name), record.status);
        return;
      case 'steps.reset':
        for (const name of record.steps) table.reset(table.known(name));
        return;
      case 'steps.recovered':
        for (const name of record.steps) this.#recover(table.known(name));
        return;
      case 'step.interrupted':
        this.#interrupt(table.known(record.step));
        return;
      case 'undo.began':
        this.undoing = table.known(record.step);
        return;
      case 'undo.ended':
        this.#endUndo(table.known(record.step));
        return;
      case 'progress':
        this.progress = Math.max(this.progress, record.percent);
        return;
      case 'status':
        this.#stand(record.status, record.reason);
        return;
      case 'controlled':
        this.#control(record.control);
        return;
      case 'asked':
      case 'answered':
        return;
    }
  }

  begin(node: StepNode, attempt: number, at: number): void {
    node.attempts = attempt;
    node.startedAt = at;
    node.waiting = false;
    node.recovered = false;
    node.working = false;
    node.undone = false;
    node.result = undefined;
    node.reason = undefined;
    this.table.setInterrupted(node, false);
    this.table.move(node, 'running');
  }

  end(
    node: StepNode,
    status: 'completed' | 'failed' | 'skipped' | 'cancelled',
    result: StepResult,
    reason: string | undefined,
    secretOutputs: readonly string[] | undefined,
  ): void {
    if (node.status === 'running' && !(status === 'skipped' && isGuard(reason))) {
      this.table.setWorked(node, true);
    }
    node.result = result;
    node.reason = reason;
    node.secretOutputs = secretOutputs ?? [];
    node.secretsLost = false;
    node.undone = false;
    this.#leave(node, status);
    if (status === 'failed' && node.spec.onError === 'stop' && !node.isAlways) {
      this.isFailing = true;
    }
    this.#noteProgress();
  }

  /** Whole percent, with what running steps say of themselves. */
  percentNow(): number {
    const { done, reported, total } = this.table;
    return total === 0 ? 0 : Math.floor(((done + reported) / total) * 100 + ROUNDING);
  }

  /** Every end of a node's course goes through here. */
  #leave(node: StepNode, status: 'completed' | 'failed' | 'skipped' | 'cancelled' | 'blocked') {
    node.waiting = false;
    node.recovered = false;
    node.skipping = false;
    node.aborted = false;
    this.table.setInterrupted(node, false);
    this.table.move(node, status);
    if (this.solo?.whilePaused === true && this.solo.node === node) this.solo = undefined;
  }

  #settle(node: StepNode, status: 'blocked' | 'cancelled'): void {
    this.#leave(node, status);
    if (status !== 'blocked') return;
    const cause = node.dependencies.find((dependency) => isBroken(dependency));
    node.blockedBy = cause?.status === 'blocked' ? cause.blockedBy : cause;
  }

  #wait(node: StepNode): void {
    this.table.setWorked(node, true);
    node.waiting = true;
    this.table.move(node, 'pending');
  }

  #recover(node: StepNode): void {
    this.table.setWorked(node, true);
    node.recovered = true;
    node.attempts -= 1;
    node.working = false;
    this.table.move(node, 'pending');
    this.table.offer(node);
  }

  #interrupt(node: StepNode): void {
    this.table.setWorked(node, true);
    this.table.setInterrupted(node, true);
    this.table.move(node, 'pending');
  }

  #endUndo(node: StepNode): void {
    this.undoing = undefined;
    this.table.setWorked(node, false);
    node.undone = true;
  }

  #stand(status: ExecutionStatus, reason: string | undefined): void {
    this.status = status;
    this.reason = reason;
    if (!isFinal(status)) return;
    if (status === 'completed') this.progress = 100;
    this.stopReason ??= this.solo?.stoppedBefore;
    this.solo = undefined;
    this.table.isCleaningUp = false;
  }

  #control(control: ExecutionControl): void {
    if (this.#reopens(control)) {
      this.isFailing = false;
      this.stopReason = undefined;
    }
    switch (control.type) {
      case 'pause':
        return;
      case 'resume':
        if (this.solo?.whilePaused === true) this.solo = undefined;
        return;
      case 'stop':
        this.stopReason = control.reason ?? 'cancelled';
        if (this.solo?.whilePaused === true) this.solo = undefined;
        for (const node of this.table.all()) node.aborted = node.takesSlot;
        return;
      case 'skip': {
        const node = this.table.known(control.step);
        node.skipping = node.status === 'running';
        return;
      }
      case 'retry':
        return;
      case 'run': {
        const node = this.table.known(control.step);
        const whilePaused = !this.isFinal;
        this.solo = { node, whilePaused, stoppedBefore: this.stopReason };
        if (whilePaused) return;
        this.isFailing = false;
        this.stopReason = undefined;
        return;
      }
    }
  }

  /** Is what stood in the way of other steps forgiven? */
  #reopens(control: ExecutionControl): boolean {
    switch (control.type) {
      case 'pause':
      case 'stop':
      case 'run':
        return false;
      case 'resume':
        return control.from !== undefined || this.isFinal;
      case 'retry':
        return !this.table.known(control.step).isOpen;
      case 'skip':
        return !this.table.known(control.step).isOpen && this.status !== 'cancelled';
    }
  }

  #noteProgress(): void {
    const { done, total } = this.table;
    if (total === 0) return;
    const percent = Math.floor((done / total) * 100 + ROUNDING);
    if (percent > this.progress) this.progress = percent;
  }
}

/** It ended so that its dependents cannot run. */
export function isBroken(node: StepNode): boolean {
  return node.status === 'failed' || node.status === 'blocked' || node.status === 'cancelled';
}

/** What its guard skipped has not begun its work; what a person skipped may have. */
function isGuard(reason: string | undefined): boolean {
  return reason === 'check' || reason === 'when' || reason === 'empty';
}
