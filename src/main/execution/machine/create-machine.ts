import { ok, type ExecutionStatus, type Json, type Result } from '#shared';
import type { ExecutionRecord } from '../records.ts';
import { Controls } from './controls.ts';
import type {
  CreateMachine,
  Decision,
  ExecutionMachine,
  MachineOptions,
  NodeView,
  RestoreMachine,
} from './execution-machine.ts';
import { ExecutionState } from './execution-state.ts';
import type { MachineInput } from './inputs.ts';
import { recover } from './recovery.ts';
import { Scheduler } from './scheduler.ts';
import { restoreState, snapshotState } from './snapshot.ts';

/** Makes the machine of an execution that is to begin, or of which all records are to be replayed. */
export const createMachine: CreateMachine = (options) => new Machine(options);

/** Makes the machine again that gave the snapshot. The graph must be the same. */
export const restoreMachine: RestoreMachine = (options, snapshot) => {
  const machine = new Machine(options);
  restoreState(machine.state, snapshot);
  return machine;
};

class Machine implements ExecutionMachine {
  readonly state: ExecutionState;
  readonly #scheduler: Scheduler;
  readonly #controls: Controls;

  constructor(options: MachineOptions) {
    this.state = new ExecutionState(options);
    this.#scheduler = new Scheduler(this.state, options.graph);
    this.#controls = new Controls(this.#scheduler);
  }

  handle(input: MachineInput): Result<Decision> {
    const scheduler = this.#scheduler;
    if ('at' in input) scheduler.at = input.at;
    switch (input.type) {
      case 'begin':
        scheduler.isLive = true;
        if (this.state.status === 'pending') scheduler.stand('running');
        scheduler.advance();
        break;
      case 'granted':
        scheduler.granted(this.#known(input.step));
        break;
      case 'settled':
        scheduler.settled(this.#known(input.step), input.outcome, input.random);
        break;
      case 'due':
        scheduler.due(this.#known(input.step));
        break;
      case 'undone':
        scheduler.undone(this.#known(input.step), input.success, input.error);
        break;
      case 'working':
        if (this.#known(input.step).takesSlot) {
          scheduler.note({ type: 'step.working', step: input.step });
        }
        break;
      case 'progressed':
        this.#progressed(input.step, input.percent);
        break;
      case 'control': {
        const done = this.#controls.handle(input.control, input.actor);
        if (!done.ok) return done;
      }
    }
    return ok(scheduler.take());
  }

  replay(record: ExecutionRecord): void {
    this.state.apply(record);
  }

  recover({ at, headless }: { readonly at: number; readonly headless: boolean }): Decision {
    this.#scheduler.at = at;
    this.#scheduler.halt();
    return recover(this.#scheduler, headless);
  }

  snapshot(): Json {
    return snapshotState(this.state);
  }

  get status(): ExecutionStatus {
    return this.state.status;
  }

  get reason(): string | undefined {
    return this.state.reason;
  }

  get progress(): number {
    return this.state.progress;
  }

  get failedStep(): string | undefined {
    if (this.state.table.failedSteps === 0 && this.state.table.failedCleanUps === 0) {
      return undefined;
    }
    let first: { readonly name: string; readonly endOrder: number } | undefined;
    for (const node of this.state.table.all()) {
      const counts = node.status === 'failed' && (node.isAlways || node.spec.onError === 'stop');
      // Of a container, the item that failed says more.
      if (!counts || node.children !== undefined) continue;
      if (first === undefined || node.endOrder < first.endOrder) first = node;
    }
    return first?.name;
  }

  node(step: string): NodeView | undefined {
    return this.state.table.get(step)?.view();
  }

  nodes(): readonly NodeView[] {
    return [...this.state.table.all()].map((node) => node.view());
  }

  #known(step: string) {
    return this.state.table.known(step);
  }

  /** Written down only where it moves the whole. */
  #progressed(step: string, percent: number): void {
    const node = this.state.table.get(step);
    if (node?.takesSlot !== true) return;
    this.state.table.report(node, percent);
    const now = this.state.percentNow();
    if (now > this.state.progress) this.#scheduler.note({ type: 'progress', percent: now });
  }
}
