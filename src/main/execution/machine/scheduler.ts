import type { Json } from '#shared';
import { backoffMs } from '../../backoff.ts';
import { Closing } from './closing.ts';
import { plainResult } from './container-end.ts';
import { Draft } from './draft.ts';
import { Endings } from './endings.ts';
import type { ExecutionState } from './execution-state.ts';
import type { StepOutcome } from './inputs.ts';
import type { NodeTable } from './node-table.ts';
import { Places } from './places.ts';
import type { StepNode } from './step-node.ts';

/** Takes in what happens to steps, and goes on from there: starts what can start, ends what has ended. */
export class Scheduler {
  readonly state: ExecutionState;
  readonly table: NodeTable;
  readonly draft: Draft;
  readonly places: Places;
  readonly endings: Endings;
  readonly closing: Closing;
  /** Nothing starts before `begin`. */
  isLive = false;

  constructor(
    state: ExecutionState,
    limits: { readonly concurrency: number; readonly rollback: boolean },
  ) {
    this.state = state;
    this.table = state.table;
    this.draft = new Draft(state);
    this.places = new Places(this.draft, limits.concurrency);
    this.endings = new Endings(this.draft, this.places);
    this.closing = new Closing(this.draft, this.places, limits.rollback);
  }

  halt(): void {
    this.isLive = false;
    this.places.halt();
  }

  /** From the beginning, or after a recovery. */
  begin(): void {
    this.isLive = true;
    if (this.state.status === 'pending') this.draft.stand('running');
    this.advance();
  }

  granted(node: StepNode): void {
    this.places.grant(node);
    this.advance();
  }

  due(node: StepNode): void {
    if (!node.waiting) return;
    node.waiting = false;
    this.table.offer(node);
    this.advance();
  }

  settled(node: StepNode, outcome: StepOutcome, random: number): void {
    this.places.release(node);
    this.#settle(node, outcome, random);
    this.advance();
  }

  undone(node: StepNode, success: boolean, error: string | undefined): void {
    const { at } = this.draft;
    const reason = error === undefined ? {} : { error };
    this.draft.note({ type: 'undo.ended', step: node.name, success, ...reason, at });
    this.advance();
  }

  /** Starts everything that can start now, and goes on to the end when nothing is left. */
  advance(): void {
    const { state, table } = this;
    if (!this.isLive || state.isFinal) return;
    if (state.status === 'interrupted' && table.interrupted === 0) this.draft.stand('running');
    const { solo } = state;
    if (state.status === 'paused') {
      if (solo?.whilePaused === true) this.places.startAlone(solo.node);
      return;
    }
    this.places.startReady();
    if (solo !== undefined) {
      if (solo.node.isAlways && !table.isCleaningUp) this.closing.beginCleanUp();
      if (!solo.node.isOpen) this.closing.finish();
      return;
    }
    // Something runs, waits, or is asked of a person.
    if (table.openSteps > 0 || table.slots > 0 || state.undoing !== undefined) return;
    this.closing.goOn();
  }

  #settle(node: StepNode, outcome: StepOutcome, random: number): void {
    const isCalledOff = node.aborted || node.container?.skipping === true;
    if (node.skipping) {
      const done = outcome.kind === 'expanded' ? plainResult(node, true) : outcome.result;
      const { errorMessage: _, ...result } = done;
      this.endings.end(node, 'skipped', { ...result, success: true, skipped: true }, 'person');
      return;
    }
    switch (outcome.kind) {
      case 'completed':
        this.endings.end(node, 'completed', outcome.result, undefined, outcome.secretOutputs);
        return;
      case 'skipped':
        this.endings.end(node, 'skipped', outcome.result, outcome.reason);
        return;
      case 'expanded':
        this.#expand(node, outcome.items);
        return;
      case 'cancelled':
        // Where nobody called it off, its dependents must hear that it did not do its work.
        this.endings.end(node, isCalledOff ? 'cancelled' : 'failed', outcome.result);
        return;
      case 'failed':
        if (!isCalledOff && outcome.final !== true && this.#mayRetry(node)) {
          this.#waitForRetry(node, outcome.result.errorMessage ?? '', random);
        } else {
          this.endings.end(node, isCalledOff ? 'cancelled' : 'failed', outcome.result);
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
    this.draft.note({ type: 'step.waiting', step, attempt, delayMs, error, at: this.draft.at });
    this.draft.act({ type: 'wait', step, delayMs });
  }

  #expand(node: StepNode, items: readonly Json[]): void {
    if (node.aborted || (this.state.isFailing && !node.isAlways && this.state.solo === undefined)) {
      this.endings.end(node, 'cancelled', plainResult(node, false));
    } else if (items.length === 0) {
      this.endings.end(node, 'skipped', plainResult(node, true), 'empty');
    } else {
      this.draft.note({ type: 'step.expanded', step: node.name, items });
    }
  }
}
