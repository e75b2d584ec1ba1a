import type { CheckedPlan, DeviceInfo, PluginEntry } from '#shared';
import type { FlowInput } from '../flow/inputs.ts';
import { needOrder } from '../flow/need-order.ts';
import type { FailureReason, FlagAnswers, FlowState } from '../flow/state.ts';
import type { PluginSupply } from '../plugins/supply/plugin-supply.ts';
import type { Rollouts } from '../update/rollouts/rollouts-port.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import type { EventHub } from './event-hub.ts';
import { logFlagErrors } from './session-log.ts';

/** What the plan in force needs of the session it is in force in. */
export interface PlanInForceOptions {
  readonly hub: EventHub;
  readonly rollouts: Rollouts;
  readonly supply: PluginSupply | undefined;
  readonly active: Pick<LoadedPlan, 'plan' | 'digest'>;
  readonly state: () => FlowState;
  readonly device: () => DeviceInfo;
  readonly entryOf: (name: string) => PluginEntry | undefined;
  readonly dispatch: (input: FlowInput) => Promise<void>;
}

/** The plan that a session runs on: its change, the answers of its flags, and its plugins. */
export class PlanInForce {
  readonly #options: PlanInForceOptions;
  #active: Pick<LoadedPlan, 'plan' | 'digest'>;

  constructor(options: PlanInForceOptions) {
    this.#options = options;
    this.#active = options.active;
  }

  get digest(): string {
    return this.#active.digest;
  }

  get plan(): CheckedPlan {
    return this.#active.plan;
  }

  get productFamily(): string {
    return this.#active.plan.general.product_family;
  }

  /** Takes another plan into use, as a plan change within the session (section 4, rule 7). */
  async change({ plan, digest, source }: LoadedPlan, withdrawn?: FailureReason): Promise<void> {
    const { product_family, execution_plan_version, revision } = plan.general;
    const info = { product_family, execution_plan_version, revision, digest, source };
    this.#active = { plan, digest };
    const flags = await this.#evaluate();
    await this.#options.dispatch({
      type: 'plan.changed',
      plan,
      info,
      flags,
      ...(withdrawn === undefined ? {} : { withdrawn }),
    });
    this.#options.hub.emit({ type: 'plan.changed', plan: info });
    this.fetchPlugins();
  }

  /** Language or region were chosen: flags that ask for them may give something else. */
  async evaluateFlags(): Promise<void> {
    if (Object.keys(this.#active.plan.flags).length === 0) return;
    await this.#options.dispatch({ type: 'flags.changed', flags: await this.#evaluate() });
    this.fetchPlugins();
  }

  /** A flag was used: from now on it stays as it is. */
  decideFlag(flag: string): void {
    const { rollouts, state, device } = this.#options;
    const definition = this.#active.plan.flags[flag];
    const answer = state().flags[flag];
    if (definition === undefined || answer === undefined) return;
    void rollouts.decide({ flag, definition, answer, device: device() });
  }

  /** Has what is still to start fetched, in the order in which it will be needed. */
  fetchPlugins(): void {
    const { supply, device, state, entryOf } = this.#options;
    if (supply === undefined || !device().online) return;
    supply.prefetch(
      needOrder(state()).flatMap((name) => {
        const entry = entryOf(name);
        return entry === undefined ? [] : [entry];
      }),
    );
  }

  async #evaluate(): Promise<FlagAnswers> {
    const { rollouts, hub, device } = this.#options;
    const answers = await rollouts.evaluate(this.#active.plan.flags, device());
    logFlagErrors(answers, hub);
    return answers;
  }
}
