import { expectedCount } from '../flow/selectors.ts';
import type { FlowState } from '../flow/state.ts';
import type { EventHub } from './event-hub.ts';
import { stageOf } from './stage.ts';

/** Tells screens what to show, and how far setup is, whenever that has changed. */
export class StageReporter {
  readonly #hub: EventHub;
  #roster: FlowState['roster'] | undefined;
  #expected = 1;
  #stage = '';
  #share = 0;

  constructor(hub: EventHub) {
    this.#hub = hub;
  }

  report(state: FlowState): void {
    const stage = stageOf(state);
    const key = JSON.stringify(stage);
    if (key !== this.#stage) {
      this.#stage = key;
      this.#hub.emit({ type: 'stage.changed', stage });
    }
    this.#reportProgress(state);
  }

  #reportProgress(state: FlowState): void {
    if (state.roster !== this.#roster) {
      this.#roster = state.roster;
      this.#expected = Math.max(1, expectedCount(state.roster));
    }
    const total = this.#expected;
    // A newer plan may bring more to do; the bar never goes back for it.
    const share = Math.max(this.#share, Math.min(1, state.doneCount / total));
    if (share === this.#share) return;
    this.#share = share;
    this.#hub.emit({ type: 'progress.changed', progress: { done: share * total, total } });
  }
}
