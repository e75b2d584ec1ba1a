import type { FlowOutcome, JsonObject, Json, Result, TraceEntry } from '#shared';
import type { FlowEffect } from '../flow/effects.ts';
import type { FlowInput } from '../flow/inputs.ts';
import type { Actors } from './actors.ts';
import type { CorePlugin } from './core-plugin.ts';
import { answerFailure } from './headless.ts';
import type { SessionPorts } from './session-ports.ts';

/** What performing effects needs of the session. */
export interface EffectPerformerOptions {
  readonly ports: Pick<SessionPorts, 'mode' | 'headlessAnswers' | 'failures'>;
  readonly actors: Actors;
  readonly coreOf: (name: string) => CorePlugin | undefined;
  readonly record: (entry: TraceEntry) => void;
  readonly dispatch: (input: FlowInput) => Promise<void>;
  /** Completes a screen as a person would. */
  readonly complete: (plugin: string, answers: JsonObject) => Promise<Result<Json>>;
  readonly finish: (outcome: FlowOutcome) => void;
}

/**
 * Performs what the flow asks for. Where nobody is looking it also does what a person would:
 * answers screens, and decides after failures.
 */
export class EffectPerformer {
  readonly #options: EffectPerformerOptions;
  /** How many first attempts of a plugin are still to fail on purpose. */
  readonly #failuresLeft: Map<string, number>;

  constructor(options: EffectPerformerOptions) {
    this.#options = options;
    this.#failuresLeft = new Map(options.ports.failures);
  }

  perform(effect: FlowEffect): void {
    const { actors, ports, record, dispatch, finish } = this.#options;
    switch (effect.type) {
      case 'trace':
        record(effect.entry);
        // Its process is not needed any more; Back brings up a new one.
        if (effect.entry.type === 'plugin.completed') void actors.stop(effect.entry.plugin);
        return;
      case 'open':
        // Whoever is to fail fails before the process is up, as a broken plugin would.
        if (effect.delayRound === 0 && this.#failOnPurpose(effect.plugin)) return;
        actors.open(effect.plugin, effect.after, effect.delayRound);
        return;
      case 'show':
        if (!this.#failOnPurpose(effect.plugin)) this.#onShown(effect.plugin);
        return;
      case 'work':
        if (!this.#failOnPurpose(effect.plugin)) this.#onWork(effect.plugin, effect.attempt);
        return;
      case 'ask':
        if (ports.mode.headless) {
          const answer = ports.headlessAnswers.get(effect.plugin);
          void dispatch(answerFailure(answer, effect.plugin, effect.canSkip));
        }
        return;
      case 'cancel':
        void actors.stop(effect.plugin);
        return;
      case 'finish':
        finish(effect.outcome);
    }
  }

  #onShown(plugin: string): void {
    const { actors, coreOf, ports, dispatch } = this.#options;
    if (coreOf(plugin)?.work?.when === 'shown') {
      void actors.work(plugin, 1);
    } else if (ports.mode.simulated) {
      void dispatch({ type: 'answered', plugin, hasWork: false });
    } else if (ports.mode.headless) {
      const given = ports.headlessAnswers.get(plugin)?.answers;
      void this.#answer(plugin, given ?? actors.defaultAnswers(plugin));
    }
  }

  async #answer(plugin: string, answers: JsonObject): Promise<void> {
    const result = await this.#options.complete(plugin, answers);
    if (result.ok) return;
    // Nobody is there to correct them.
    const { message } = result.failure;
    await this.#options.dispatch({ type: 'failed', plugin, reason: 'bad-answer', message });
  }

  #onWork(plugin: string, attempt: number): void {
    const { actors, ports, dispatch } = this.#options;
    if (ports.mode.simulated) void dispatch({ type: 'completed', plugin });
    else void actors.work(plugin, attempt);
  }

  #failOnPurpose(plugin: string): boolean {
    const left = this.#failuresLeft.get(plugin) ?? 0;
    if (left <= 0) return false;
    this.#failuresLeft.set(plugin, left - 1);
    const message = 'This failure was asked for.';
    void this.#options.dispatch({ type: 'failed', plugin, reason: 'injected', message });
    return true;
  }
}
