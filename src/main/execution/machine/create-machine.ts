import { fail, ok, type ExecutionStatus, type Json, type Result } from '#shared';
import type { ExecutionRecord } from '../records.ts';
import { handleControl } from './controls.ts';
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
import { restoreState, snapshotOf } from './snapshot.ts';

/** A machine at the beginning of its execution, or for the records of an earlier life. */
export const createMachine: CreateMachine = (options) =>
  new Machine(options, new ExecutionState(options));

/** The machine that gave the snapshot, as its records tell of it: `recover` comes next. */
export const restoreMachine: RestoreMachine = (options, snapshot) => {
  const state = new ExecutionState(options);
  restoreState(state, snapshot);
  return new Machine(options, state);
};

class Machine implements ExecutionMachine {
  readonly #state: ExecutionState;
  readonly #scheduler: Scheduler;

  constructor({ graph }: MachineOptions, state: ExecutionState) {
    this.#state = state;
    this.#scheduler = new Scheduler(state, graph);
  }

  handle(input: MachineInput): Result<Decision> {
    const scheduler = this.#scheduler;
    if ('at' in input) scheduler.draft.at = input.at;
    const done =
      input.type === 'control'
        ? handleControl(scheduler, input.control, input.actor)
        : this.#happen(input);
    if (!done.ok) return done;
    this.#noteProgress();
    return ok(scheduler.draft.take());
  }

  replay(record: ExecutionRecord): void {
    this.#state.apply(record);
  }

  recover(options: { readonly at: number; readonly headless: boolean }): Decision {
    this.#scheduler.draft.at = options.at;
    this.#scheduler.halt();
    return recover(this.#scheduler, options.headless);
  }

  snapshot(): Json {
    return snapshotOf(this.#state);
  }

  get status(): ExecutionStatus {
    return this.#state.status;
  }

  get reason(): string | undefined {
    return this.#state.reason;
  }

  get progress(): number {
    return this.#state.progress;
  }

  node(step: string): NodeView | undefined {
    return this.#state.table.get(step)?.view();
  }

  nodes(): readonly NodeView[] {
    return Array.from(this.#state.table.all(), (node) => node.view());
  }

  get failedStep(): string | undefined {
    return this.#state.table.firstFailed()?.name;
  }

  #happen(input: Exclude<MachineInput, { readonly type: 'control' }>): Result<void> {
    const scheduler = this.#scheduler;
    const { table, undoing } = this.#state;
    if (input.type === 'begin') {
      scheduler.begin();
      return DONE;
    }
    const node = table.known(input.step);
    switch (input.type) {
      case 'settled':
        if (!node.takesSlot) return tooLate(`The step "${node.name}" does not run.`);
        scheduler.settled(node, input.outcome, input.random);
        return DONE;
      case 'granted':
        scheduler.granted(node);
        return DONE;
      case 'due':
        scheduler.due(node);
        return DONE;
      case 'undone':
        if (undoing !== node) return tooLate(`The step "${node.name}" is not being undone.`);
        scheduler.undone(node, input.success, input.error);
        return DONE;
      case 'working':
        if (node.takesSlot && node.hasGuard && !node.spec.idempotent) {
          scheduler.draft.note({ type: 'step.working', step: node.name });
        }
        return DONE;
      case 'progressed':
        if (node.takesSlot) table.report(node, Math.min(100, Math.max(0, input.percent)));
        return DONE;
    }
  }

  /** What was shown once is shown after a crash too, so it is written down. */
  #noteProgress(): void {
    if (this.#state.table.reported <= 0 || this.#state.isFinal) return;
    const percent = this.#state.percentNow();
    if (percent > this.#state.progress) this.#scheduler.draft.note({ type: 'progress', percent });
  }
}

const DONE = ok(undefined);

/** The engine and the machine see a step differently: a bug, but none that may end the app. */
function tooLate(message: string): Result<void> {
  return fail({ code: 'execution/not-now', message });
}
