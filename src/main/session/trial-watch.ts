import type { FlowOutcome, TraceEntry, WorkProgress } from '#shared';
import type { Timer } from '../clock.ts';
import { isCore } from '../flow/roster.ts';
import { shownOf } from '../flow/selectors.ts';
import type { FlowState } from '../flow/state.ts';
import type { PlanTrial } from '../update/plan-trial.ts';

/** How long a plan's plugins may make no progress while nobody is waited for (plan contract, 7.4). */
const STALL_MS = 10 * 60 * 1000;

/** What watching a trial needs of the session. */
export interface TrialWatchOptions {
  readonly clock: Timer;
  readonly trial: PlanTrial;
  /** Digest of the plan in force. */
  readonly digest: () => string;
  /** It made no progress for that many milliseconds. */
  readonly onStall: (ms: number) => void;
}

/**
 * Watches a plan on trial: it passes at its first handoff or the end of the flow, and fails when its
 * plugins stop getting anywhere while nobody could be waited for.
 */
export class TrialWatch {
  readonly #options: TrialWatchOptions;
  /** Plugins of the plan on trial that have started and are not done. */
  readonly #acting = new Set<string>();
  #lastWork = '';
  #callOff: (() => void) | undefined;

  constructor(options: TrialWatchOptions, state: FlowState) {
    this.#options = options;
    if (!this.#isOn()) return;
    for (const [index, plugin] of state.roster.plugins.entries()) {
      const isStarted = state.plugins.get(index)?.status === 'started';
      if (isStarted && !isCore(state.roster, index)) this.#acting.add(plugin.name);
    }
    this.#options.trial.setActing(this.#acting.size > 0);
  }

  onTraced(entry: TraceEntry): void {
    if (entry.type === 'plan.activated') this.#acting.clear();
    if (!this.#isOn()) return;
    switch (entry.type) {
      case 'plugin.started':
        if (!entry.core) this.#acting.add(entry.plugin);
        break;
      case 'plugin.completed':
        this.#acting.delete(entry.plugin);
        break;
      case 'handoff':
        this.#end();
        return;
      default:
    }
    this.#options.trial.setActing(this.#acting.size > 0);
  }

  onState(state: FlowState): void {
    if (this.#isOn()) this.#restart(state);
  }

  onWork(state: FlowState, plugin: string, work: WorkProgress | undefined): void {
    if (!this.#isOn()) return;
    // Saying the same again is no progress.
    const said = JSON.stringify([plugin, work]);
    if (said === this.#lastWork) return;
    this.#lastWork = said;
    this.#restart(state);
  }

  onFinished(outcome: FlowOutcome): void {
    // A stop that a person leaves proves nothing: setup begins anew, and so does the trial.
    if (this.#isOn() && outcome === 'completed') this.#end();
    this.stop();
  }

  /** The app is ended as it should be: nothing that acts now has crashed. */
  stop(): void {
    this.#callOff?.();
    this.#options.trial.setActing(false);
  }

  #isOn(): boolean {
    return this.#options.trial.isOn(this.#options.digest());
  }

  #end(): void {
    this.#callOff?.();
    void this.#options.trial.pass();
  }

  #restart(state: FlowState): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const shown = shownOf(state);
    // A core plugin at work is not the plan's; with a screen up a person is waited for.
    if (shown.kind !== 'working' || !this.#acting.has(shown.plugin)) return;
    const { clock, onStall } = this.#options;
    this.#callOff = clock.after(STALL_MS, () => onStall(STALL_MS));
  }
}
