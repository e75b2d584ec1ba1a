import { fail, ok, type Actor, type ExecutionControl, type Failure, type Result } from '#shared';
import { plainResult } from './container-end.ts';
import { isBroken } from './execution-state.ts';
import { failedDependency, reopened, unsuccessfulPart, withDependents } from './reopening.ts';
import type { Scheduler } from './scheduler.ts';
import type { StepNode } from './step-node.ts';

/** What persons ask of an execution. Whatever makes no sense now is a failure that says why. */
export class Controls {
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  handle(control: ExecutionControl, actor: Actor): Result<void> {
    const named = 'step' in control ? control.step : 'from' in control ? control.from : undefined;
    const node = named === undefined ? undefined : this.#scheduler.table.get(named);
    if (named !== undefined && node === undefined) {
      const message = `The execution has no step ${JSON.stringify(named)}.`;
      return fail({ code: 'execution/not-found', message });
    }
    const refusal = this.#refusal(control, node);
    if (refusal !== undefined) return fail(this.#notNow(control, node, refusal));
    // Asked before the control is taken in: it forgives what stood in the way of other steps.
    const { isFinal, status } = this.#scheduler.state;
    const { at } = this.#scheduler;
    this.#scheduler.note({ type: 'controlled', control, actor, at });
    this.#carryOut(control, node, { isFinal, isCancelled: status === 'cancelled' });
    this.#scheduler.advance();
    return ok(undefined);
  }

  /** Why this cannot be done now; `undefined` where it can. */
  #refusal(control: ExecutionControl, node: StepNode | undefined): string | undefined {
    const { state } = this.#scheduler;
    const { status } = state;
    switch (control.type) {
      case 'pause':
        return status === 'running' || status === 'pending' ? undefined : 'it cannot be paused';
      case 'resume':
        return node === undefined ? this.#resumeRefusal() : this.#fromRefusal(node);
      case 'stop':
        if (state.isFinal) return 'it has ended';
        return state.stopReason === undefined ? undefined : 'it is being stopped already';
      case 'skip':
        return node?.isSatisfied === true ? 'the step has ended well' : undefined;
      case 'retry':
        return node === undefined ? undefined : retryRefusal(node);
      case 'run':
        return node === undefined ? undefined : this.#runRefusal(node);
    }
  }

  #resumeRefusal(): string | undefined {
    const { status } = this.#scheduler.state;
    if (status === 'paused' || status === 'failed' || status === 'cancelled') return undefined;
    if (status !== 'interrupted') return 'there is nothing to resume';
    return 'a step was interrupted that must not run twice: retry or skip that step';
  }

  #fromRefusal(from: StepNode): string | undefined {
    if (this.#scheduler.state.stopReason !== undefined && !this.#scheduler.state.isFinal) {
      return 'it is being stopped';
    }
    const busy = [...withDependents(from)].find((node) => node.status === 'running');
    return busy === undefined ? undefined : `the step "${busy.name}" is running`;
  }

  #runRefusal(node: StepNode): string | undefined {
    const { state } = this.#scheduler;
    if (node.status === 'running') return 'the step is running';
    if (state.status !== 'paused' && !state.isFinal) {
      return 'a single step is run while the execution is paused or has ended';
    }
    const missing = (node.container ?? node).dependencies.find((each) => !each.isSatisfied);
    return missing && `it depends on "${missing.name}", which is ${missing.status}`;
  }

  #carryOut(
    control: ExecutionControl,
    node: StepNode | undefined,
    before: { readonly isFinal: boolean; readonly isCancelled: boolean },
  ): void {
    const { table } = this.#scheduler;
    switch (control.type) {
      case 'pause':
        this.#scheduler.withdrawTickets();
        this.#scheduler.stand('paused');
        return;
      case 'resume': {
        if (node !== undefined) {
          this.#scheduler.reset(reopened(table, withDependents(node)));
        } else if (before.isFinal) {
          const broken = [...table.all()].filter((each) => isBroken(each));
          const chosen = broken.flatMap((each) => unsuccessfulPart(each));
          this.#scheduler.reset(reopened(table, chosen));
        }
        this.#goOn();
        return;
      }
      case 'stop':
        this.#stop();
        return;
      case 'skip':
        if (node !== undefined) this.#skip(node, before);
        return;
      case 'retry':
        if (node === undefined) return;
        this.#scheduler.reset(reopened(table, unsuccessfulPart(node)));
        if (before.isFinal) this.#goOn();
        return;
      case 'run':
        if (node === undefined) return;
        this.#scheduler.reset(new Set([node]));
        if (before.isFinal) this.#goOn();
        return;
    }
  }

  #goOn(): void {
    const { state, table } = this.#scheduler;
    const status = table.interrupted > 0 ? 'interrupted' : 'running';
    if (state.status !== status) this.#scheduler.stand(status);
  }

  #stop(): void {
    const { state, table } = this.#scheduler;
    for (const node of table.all()) {
      if (node.takesSlot) this.#scheduler.act({ type: 'abort', step: node.name });
    }
    this.#scheduler.cancelUnstarted();
    // Nobody will say what becomes of them.
    for (const node of [...table.all()]) {
      if (node.status !== 'pending' || node.isAlways) continue;
      this.#scheduler.withdraw(node);
      this.#scheduler.end(node, 'cancelled', plainResult(node, false));
    }
    this.#scheduler.endEmptyContainers();
    // What is undone and cleaned up at the end must not wait for a resume.
    if (state.status === 'paused' || state.status === 'interrupted')
      this.#scheduler.stand('running');
  }

  #skip(
    node: StepNode,
    before: { readonly isFinal: boolean; readonly isCancelled: boolean },
  ): void {
    const { table } = this.#scheduler;
    if (node.status === 'running') {
      this.#skipRunning(node);
      return;
    }
    const wasBroken = isBroken(node);
    this.#scheduler.withdraw(node);
    this.#scheduler.end(node, 'skipped', plainResult(node, true), 'person');
    if (!wasBroken || before.isCancelled) return;
    this.#scheduler.reset(reopened(table, []));
    if (before.isFinal) this.#goOn();
  }

  /** It counts as skipped, whatever comes back. */
  #skipRunning(node: StepNode): void {
    if (node.children === undefined) {
      this.#scheduler.act({ type: 'abort', step: node.name });
      return;
    }
    const unstarted = node.children.filter(({ status }) => status === 'pending');
    for (const child of unstarted) this.#scheduler.withdraw(child);
    this.#scheduler.settleAll('cancelled', unstarted);
    for (const child of node.children) {
      if (child.takesSlot) this.#scheduler.act({ type: 'abort', step: child.name });
    }
    this.#scheduler.endEmptyContainers();
  }

  #notNow(control: ExecutionControl, node: StepNode | undefined, refusal: string): Failure {
    const { status } = this.#scheduler.state;
    const step = node === undefined ? '' : `, its step "${node.name}" ${node.status}`;
    const message = `"${control.type}" makes no sense now: ${refusal}. The execution is ${status}${step}.`;
    return { code: 'execution/not-now', message };
  }
}

function retryRefusal(node: StepNode): string | undefined {
  if (node.interrupted || node.status === 'failed' || node.status === 'cancelled') return undefined;
  if (node.status !== 'blocked') return 'only what failed, was cancelled or interrupted is retried';
  const cause = failedDependency(node);
  return cause === undefined ? 'the step is blocked' : `it waits for "${cause.name}", which failed`;
}
