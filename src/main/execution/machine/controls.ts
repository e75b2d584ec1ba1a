import { fail, ok, type Actor, type ExecutionControl, type Failure, type Result } from '#shared';
import { plainResult } from './container-end.ts';
import { isBroken } from './execution-state.ts';
import {
  failedDependency,
  reopened,
  unmetDependency,
  unsuccessfulPart,
  withDependents,
  withLostSecrets,
} from './reopening.ts';
import type { Scheduler } from './scheduler.ts';
import type { StepNode } from './step-node.ts';

/** Why a control makes no sense now, beside the statuses; may be nothing more than those. */
type Refusal = string | undefined;
const BY_STATUS = '';

/**
 * Does what a person asks, or refuses with the state in the message; nothing is ignored. Each control
 * first looks whether it may, then calls `accept`, which writes it down, and only then acts.
 */
export function handleControl(
  scheduler: Scheduler,
  control: ExecutionControl,
  actor: Actor,
): Result<void> {
  const { table } = scheduler;
  const name = 'step' in control ? control.step : 'from' in control ? control.from : undefined;
  const node = name === undefined ? undefined : table.get(name);
  if (name !== undefined && node === undefined) {
    const message = `The execution has no step ${JSON.stringify(name)}.`;
    return fail({ code: 'execution/not-found', message });
  }
  const accept = () =>
    scheduler.draft.note({ type: 'controlled', control, actor, at: scheduler.draft.at });
  const refusal = perform(scheduler, control, node, accept);
  if (refusal !== undefined) return fail(notNow(scheduler, control, node, refusal));
  scheduler.advance();
  return ok(undefined);
}

function perform(
  scheduler: Scheduler,
  control: ExecutionControl,
  node: StepNode | undefined,
  accept: () => void,
): Refusal {
  if (control.type === 'pause') return pause(scheduler, accept);
  if (control.type === 'stop') return stop(scheduler, accept);
  if (node === undefined) return resume(scheduler, accept);
  switch (control.type) {
    case 'resume':
      return resumeFrom(scheduler, node, accept);
    case 'skip':
      return skip(scheduler, node, accept);
    case 'retry':
      return retry(scheduler, node, accept);
    case 'run':
      return run(scheduler, node, accept);
  }
}

function pause(scheduler: Scheduler, accept: () => void): Refusal {
  const { status, stopReason } = scheduler.state;
  if (stopReason !== undefined && !scheduler.state.isFinal) return 'It is being stopped.';
  if (status !== 'running' && status !== 'pending') return BY_STATUS;
  accept();
  scheduler.draft.stand('paused');
  scheduler.places.withdrawTickets();
  return undefined;
}

function resume(scheduler: Scheduler, accept: () => void): Refusal {
  const { state, table } = scheduler;
  if (state.status === 'paused') {
    accept();
    scheduler.draft.goOn();
    return undefined;
  }
  if (state.status === 'interrupted') {
    const names = [...table.all()].filter((each) => each.interrupted).map(quoted);
    return `Retry or skip ${names.join(', ')}.`;
  }
  if (state.status !== 'failed' && state.status !== 'cancelled') return BY_STATUS;
  const broken = table.steps.filter((each) => isBroken(each)).flatMap(unsuccessfulPart);
  accept();
  scheduler.draft.goOn();
  reopen(scheduler, broken);
  return undefined;
}

function resumeFrom(scheduler: Scheduler, node: StepNode, accept: () => void): Refusal {
  const { state } = scheduler;
  const busy = otherwiseBusy(scheduler);
  if (busy !== undefined) return busy;
  const chosen = withDependents(node);
  const running = [...chosen].find(({ status }) => status === 'running');
  if (running === node) return BY_STATUS;
  if (running !== undefined) return `${quoted(running)}, which depends on it, runs.`;
  const failed = failedDependency(scheduler.table, node);
  if (failed !== undefined) return `It depends on ${quoted(failed)}, which failed.`;
  accept();
  if (state.isFinal) scheduler.draft.goOn();
  reopen(scheduler, chosen);
  if (state.status === 'paused') scheduler.draft.goOn();
  return undefined;
}

function stop(scheduler: Scheduler, accept: () => void): Refusal {
  const { state, table } = scheduler;
  if (state.isFinal) return BY_STATUS;
  if (state.stopReason !== undefined) return 'It is being stopped already.';
  // Clean-up happens whatever happened, but for where nothing did, or when it is itself what is stopped.
  const hasBegun = state.status !== 'pending';
  const stopsCleanUp = !hasBegun || (table.openSteps === 0 && hasCleanUpBegun(scheduler));
  accept();
  const cancelled: StepNode[] = [];
  for (const each of table.all()) {
    if (each.aborted) scheduler.draft.act({ type: 'abort', step: each.name });
    if (each.status !== 'pending' || (each.isAlways && !stopsCleanUp)) continue;
    cancelled.push(each);
  }
  scheduler.endings.settleAll('cancelled', cancelled);
  scheduler.endings.endEmptyContainers();
  if (!hasBegun) scheduler.closing.finish();
  else scheduler.draft.goOn();
  return undefined;
}

/** In this life or an earlier one. */
function hasCleanUpBegun({ table }: Scheduler): boolean {
  return table.isCleaningUp || table.steps.some((each) => each.isAlways && each.attempts > 0);
}

function skip(scheduler: Scheduler, node: StepNode, accept: () => void): Refusal {
  if (node.isSatisfied || node.container?.isSatisfied === true) return BY_STATUS;
  if (node.status === 'pending') {
    accept();
    scheduler.places.withdraw(node);
    scheduler.endings.end(node, 'skipped', plainResult(node, true), 'person');
    return undefined;
  }
  return node.status === 'running'
    ? skipRunning(scheduler, node, accept)
    : skipBroken(scheduler, node, accept);
}

function skipRunning(scheduler: Scheduler, node: StepNode, accept: () => void): Refusal {
  if (node.skipping || node.container?.skipping === true) return 'It is being skipped already.';
  const isStopped = scheduler.state.stopReason !== undefined && !node.isAlways;
  if (node.aborted || isStopped) return 'It is being stopped.';
  accept();
  const parts = node.children ?? [node];
  for (const { status, name } of parts) {
    if (status === 'running') scheduler.draft.act({ type: 'abort', step: name });
  }
  const unstarted = parts.filter(({ status }) => status === 'pending');
  scheduler.endings.settleAll('cancelled', unstarted);
  scheduler.endings.endEmptyContainers();
  return undefined;
}

function skipBroken(scheduler: Scheduler, node: StepNode, accept: () => void): Refusal {
  const { state } = scheduler;
  const busy = otherwiseBusy(scheduler);
  if (busy !== undefined) return busy;
  const staysCancelled = state.status === 'cancelled';
  accept();
  if (state.isFinal && !staysCancelled) scheduler.draft.goOn();
  scheduler.endings.end(node, 'skipped', plainResult(node, true), 'person');
  const { container } = node;
  if (container !== undefined && container.children?.every((each) => each.isSatisfied) === true) {
    if (!container.isSatisfied) scheduler.endings.endContainer(container);
  }
  if (!staysCancelled) reopen(scheduler, []);
  return undefined;
}

function retry(scheduler: Scheduler, node: StepNode, accept: () => void): Refusal {
  const { state } = scheduler;
  if (node.interrupted) {
    accept();
    scheduler.endings.reset(new Set([node]));
    return undefined;
  }
  if (node.isOpen || node.isSatisfied) return BY_STATUS;
  const failed = failedDependency(scheduler.table, node);
  if (failed !== undefined) return `It depends on ${quoted(failed)}, which failed.`;
  if (node.status === 'blocked') return BY_STATUS;
  const busy = otherwiseBusy(scheduler);
  if (busy !== undefined) return busy;
  accept();
  if (state.isFinal) scheduler.draft.goOn();
  reopen(scheduler, unsuccessfulPart(node));
  return undefined;
}

function run(scheduler: Scheduler, node: StepNode, accept: () => void): Refusal {
  const { state, table } = scheduler;
  if ((state.status !== 'paused' && !state.isFinal) || node.status === 'running') return BY_STATUS;
  const busy = otherwiseBusy(scheduler);
  if (busy !== undefined) return busy;
  if (node.isAlways && !state.isFinal) return 'It is for clean-up, and runs at the end.';
  const missing = unmetDependency(table, node);
  if (missing !== undefined)
    return `It depends on ${quoted(missing)}, which is ${statusOf(missing)}.`;
  const undone = (node.container ?? node).dependencies.find((each) => each.undone);
  if (undone !== undefined) return `It depends on ${quoted(undone)}, which was undone.`;
  const forgotten = [...withLostSecrets(table, new Set([node]))].find((each) => each !== node);
  if (forgotten !== undefined) {
    return `It needs secrets of ${quoted(forgotten)}, which are gone: resume from there.`;
  }
  accept();
  if (state.isFinal) scheduler.draft.goOn();
  scheduler.endings.reset(new Set([node]));
  return undefined;
}

function reopen(scheduler: Scheduler, chosen: Iterable<StepNode>): void {
  scheduler.endings.reset(reopened(scheduler.table, chosen));
  // Some of them may depend on a failure that was not forgiven.
  scheduler.endings.blockBroken();
}

/** It is about to end, or does one thing alone: nothing can be put back into its course. */
function otherwiseBusy({ state, table }: Scheduler): Refusal {
  if (state.solo !== undefined) return `${quoted(state.solo.node)} runs alone.`;
  if (state.isFinal) return undefined;
  if (state.stopReason !== undefined) return 'It is being stopped.';
  if (state.undoing !== undefined) return `${quoted(state.undoing)} is being undone.`;
  return table.isCleaningUp ? 'It is cleaning up.' : undefined;
}

function notNow(
  { state }: Scheduler,
  control: ExecutionControl,
  node: StepNode | undefined,
  refusal: string,
): Failure {
  const what = node === undefined ? `"${control.type}"` : `"${control.type}" of ${quoted(node)}`;
  const step = node === undefined ? '' : ` and the step is ${statusOf(node)}`;
  const more = refusal === BY_STATUS ? '' : ` ${capitalized(refusal)}`;
  return {
    code: 'execution/not-now',
    message: `${what} makes no sense now: the execution is ${state.status}${step}.${more}`,
  };
}

function statusOf(node: StepNode): string {
  return node.interrupted ? 'interrupted' : node.status;
}

function quoted({ name }: StepNode): string {
  return `the step ${JSON.stringify(name)}`;
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
