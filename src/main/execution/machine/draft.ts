import type { ExecutionStatus } from '#shared';
import type { ExecutionRecord } from '../records.ts';
import type { Decision } from './execution-machine.ts';
import type { ExecutionState } from './execution-state.ts';
import type { MachineAction } from './inputs.ts';

/**
 * The decision that is being made. What is noted is folded into the state at once, so that whatever is
 * decided next is decided on top of it.
 */
export class Draft {
  readonly state: ExecutionState;
  /** Of the input under way, Unix milliseconds. */
  at = 0;
  #records: ExecutionRecord[] = [];
  #actions: MachineAction[] = [];

  constructor(state: ExecutionState) {
    this.state = state;
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

  /** For a record that was folded already, by the state's own quicker way. */
  add(record: ExecutionRecord): void {
    this.#records.push(record);
  }

  act(action: MachineAction): void {
    this.#actions.push(action);
  }

  stand(status: ExecutionStatus, reason?: string): void {
    const { at } = this;
    this.note({ type: 'status', status, ...(reason === undefined ? {} : { reason }), at });
  }

  /** Runs from now on, as far as nothing is asked of a person. */
  goOn(): void {
    const status = this.state.table.interrupted > 0 ? 'interrupted' : 'running';
    if (this.state.status !== status) this.stand(status);
  }
}
