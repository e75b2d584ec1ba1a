import type { FlowEffect } from '../flow/effects.ts';
import type { FlowInput } from '../flow/inputs.ts';
import type { FlowState } from '../flow/state.ts';
import { transition, type Step } from '../flow/transition.ts';

/**
 * Runs the pure flow: takes inputs one at a time, writes each down before it is acted on, and hands
 * the effects over in order. What `perform` learns comes back through `dispatch`.
 */
export class FlowDriver {
  #state: FlowState;
  readonly #inbox: { readonly input: FlowInput; readonly done: () => void }[] = [];
  readonly #perform: (effect: FlowEffect) => void;
  readonly #changed: (state: FlowState) => void;
  readonly #journal: ((input: FlowInput) => Promise<unknown>) | undefined;
  #isPumping = false;

  constructor(options: {
    readonly state: FlowState;
    readonly perform: (effect: FlowEffect) => void;
    readonly changed: (state: FlowState) => void;
    /** Resolves when the input is on the disk. Without one, inputs are acted on at once. */
    readonly journal?: (input: FlowInput) => Promise<unknown>;
  }) {
    this.#state = options.state;
    this.#perform = options.perform;
    this.#changed = options.changed;
    this.#journal = options.journal;
  }

  get state(): FlowState {
    return this.#state;
  }

  /** Performs what beginning, or resuming, asked for. */
  start(effects: readonly FlowEffect[]): void {
    // What performing them dispatches waits until all of them were performed.
    this.#isPumping = true;
    this.#take([this.#state, effects]);
    void this.#pump();
  }

  /** Takes an input in its turn; resolves when it has been acted on. */
  dispatch(input: FlowInput): Promise<void> {
    return new Promise((resolve) => {
      this.#inbox.push({ input, done: resolve });
      if (!this.#isPumping) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      const { input, done } = next;
      const step = transition(this.#state, input);
      const isNews = step[0] !== this.#state;
      // Without a journal there is no pause: a simulated clock must not move on in between.
      if (isNews && this.#journal !== undefined) await this.#journal(input);
      this.#take(step);
      done();
    }
    this.#isPumping = false;
  }

  #take([state, effects]: Step): void {
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#changed(state);
  }
}
