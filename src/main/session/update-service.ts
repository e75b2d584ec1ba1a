import { reasonOf, type Result, type UpdateState } from '#shared';
import type { LoadedPlan, UpdateOutcome, Updater } from '../update/update-port.ts';

/**
 * Runs the updater once in a session, at the first connectivity or when its screen comes, whichever
 * is first, and tells what it came to (plan contract, section 7).
 */
export class UpdateService {
  readonly #updater: Updater;
  readonly #base: LoadedPlan;
  readonly #activeDigest: () => string;
  readonly #onState: (state: UpdateState) => void;
  readonly #onResult: (result: Result<UpdateOutcome>) => Promise<void>;
  readonly #abort = new AbortController();
  #run: Promise<void> | undefined;

  constructor(options: {
    readonly updater: Updater;
    readonly base: LoadedPlan;
    readonly activeDigest: () => string;
    readonly onState: (state: UpdateState) => void;
    /** Resolves when the newer plan, if there is one, is in force. */
    readonly onResult: (result: Result<UpdateOutcome>) => Promise<void>;
  }) {
    this.#updater = options.updater;
    this.#base = options.base;
    this.#activeDigest = options.activeDigest;
    this.#onState = options.onState;
    this.#onResult = options.onResult;
  }

  /** Starts if it has not yet; resolves when the update has come to its end, good or bad. */
  run(): Promise<void> {
    this.#run ??= this.#update();
    return this.#run;
  }

  /** A person does not want to wait: the device goes on with the plan it has. */
  skip(): void {
    this.#abort.abort();
  }

  async #update(): Promise<void> {
    this.#onState({ phase: 'checking' });
    const result = await this.#updater.update({
      base: this.#base,
      activeDigest: this.#activeDigest(),
      signal: this.#abort.signal,
      onProgress: (state) => {
        if (!isLast(state)) this.#onState(state);
      },
    });
    // In force first, then on the screen: nobody is told of a plan that is not there.
    await this.#onResult(result);
    this.#onState(stateOf(result));
  }
}

function isLast({ phase }: UpdateState): boolean {
  return phase === 'updated' || phase === 'unchanged' || phase === 'failed';
}

function stateOf(result: Result<UpdateOutcome>): UpdateState {
  if (!result.ok) {
    const { failure } = result;
    return { phase: 'failed', reason: reasonOf(failure), message: failure.message };
  }
  const outcome = result.value;
  if (outcome.kind === 'updated') {
    return { phase: 'updated', revision: outcome.loaded.plan.general.revision };
  }
  return { phase: 'unchanged', reason: outcome.reason, message: outcome.message };
}
