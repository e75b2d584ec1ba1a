import { isOnline, reasonOf, type Failure, type Result, type UpdateState } from '#shared';
import type { NetworkPort } from '../device/device-port.ts';
import type { FlowInput } from '../flow/inputs.ts';
import type { LoadedPlan, UpdateOutcome, Updater } from '../update/update-port.ts';

/** What the service needs of the session it updates. */
export interface UpdateServiceOptions {
  readonly updater: Updater;
  readonly base: LoadedPlan;
  readonly network: NetworkPort;
  readonly activeDigest: () => string;
  readonly onState: (state: UpdateState) => void;
  readonly onFailure: (failure: Failure) => void;
  readonly dispatch: (input: FlowInput) => Promise<void>;
  /** Resolves when the plan is in force. */
  readonly changePlan: (loaded: LoadedPlan) => Promise<void>;
}

/**
 * Runs the updater once in a session, at the first connectivity or when its screen comes, whichever
 * is first, and takes what it brings into use (plan contract, section 7).
 */
export class UpdateService {
  readonly #options: UpdateServiceOptions;
  readonly #abort = new AbortController();
  #run: Promise<void> | undefined;

  constructor(options: UpdateServiceOptions) {
    this.#options = options;
  }

  /** The device is connected: asks the source, if that was not done yet. */
  onConnected(): Promise<void> {
    this.#run ??= this.#update();
    return this.#run;
  }

  /** Its screen is up; resolves when there is nothing more to wait for, good or bad. */
  async onScreen(): Promise<void> {
    const { network, onState, dispatch } = this.#options;
    if (this.#run !== undefined || isOnline(network.state())) return this.onConnected();
    onState({ phase: 'offline' });
    const message = 'The device is not connected to any network.';
    await dispatch({ type: 'plan.update_failed', reason: 'unreachable', message });
  }

  /** A person does not want to wait: the device goes on with the plan it has. */
  skip(): void {
    this.#abort.abort();
  }

  async #update(): Promise<void> {
    const { updater, base, activeDigest, onState } = this.#options;
    const result = await updater.update({
      base,
      activeDigest: activeDigest(),
      signal: this.#abort.signal,
      // In force first, then on the screen: nobody is told of a plan that is not there.
      onProgress: (state) => {
        if (!isLast(state)) onState(state);
      },
    });
    await this.#take(result);
    onState(stateOf(result));
  }

  async #take(result: Result<UpdateOutcome>): Promise<void> {
    const { dispatch, changePlan, onFailure } = this.#options;
    if (!result.ok) {
      onFailure(result.failure);
      const { message } = result.failure;
      const reason = reasonOf(result.failure);
      await dispatch({ type: 'plan.update_failed', reason, message });
    } else if (result.value.kind === 'unchanged') {
      const { reason, message } = result.value;
      await dispatch({ type: 'plan.unchanged', reason, message });
    } else {
      await changePlan(result.value.loaded);
    }
  }
}

function isLast({ phase }: UpdateState): boolean {
  return phase === 'updated' || phase === 'unchanged' || phase === 'failed';
}

function stateOf(result: Result<UpdateOutcome>): UpdateState {
  if (!result.ok) {
    const { message } = result.failure;
    return { phase: 'failed', reason: reasonOf(result.failure), message };
  }
  const outcome = result.value;
  if (outcome.kind === 'updated') {
    return { phase: 'updated', revision: outcome.loaded.plan.general.revision };
  }
  return { phase: 'unchanged', reason: outcome.reason, message: outcome.message };
}
