import {
  fail,
  ok,
  reasonOf,
  type CheckedPlan,
  type Diagnostic,
  type Failure,
  type Result,
  type UpdateState,
} from '#shared';
import type { Timer } from '../clock.ts';
import { MAX_PLAN_BYTES } from '../plan/decode.ts';
import { digestOf } from '../state/plan-file.ts';
import { highestRevision, type AcceptedRecord } from './accepted-record.ts';
import { startBudget } from './budget.ts';
import type { CheckCandidate } from './check-candidate.ts';
import type { FetchedPlan, PlanSource } from './plan-source.ts';
import { textOf, type PlanStore } from './plan-store.ts';
import type { LoadedPlan, UpdateOutcome, Updater } from './update-port.ts';

/** How long an update may take in all before setup moves on (plan contract, 7.5). */
const UPDATE_BUDGET_MS = 15_000;

type UpdateRequest = Parameters<Updater['update']>[0];

/** A candidate that passed every check, or nothing new. */
type Found =
  | { readonly kind: 'newer'; readonly loaded: LoadedPlan; readonly fetched: FetchedPlan }
  | Extract<UpdateOutcome, { kind: 'unchanged' }>;

/**
 * The real updater (plan contract, 7.2, 7.3 and 7.5). Whatever goes wrong, the plan in force stays
 * in force and the failure says why: an `update/` code, or `plugin/cancelled` when the request's
 * signal ended it. All phases go to `onProgress`, the last one included.
 */
export function createUpdater(options: {
  readonly source: PlanSource;
  readonly check: CheckCandidate;
  readonly store: PlanStore;
  readonly clock: Timer;
  readonly budgetMs?: number;
}): Updater {
  const { source, check, store, clock, budgetMs = UPDATE_BUDGET_MS } = options;

  /** Everything up to the point where the disk is touched: the checks in the contract's order. */
  async function findNewer(request: UpdateRequest): Promise<Result<Found>> {
    const { base, activeDigest, signal, onProgress } = request;
    const read = await store.record();
    if (!read.ok) return fail(notStored(read.failure));
    const record = read.value;
    const fetched = await source.fetch({
      maxBytes: MAX_PLAN_BYTES,
      inForce: { digest: activeDigest, ...tagOf(record, activeDigest) },
      signal,
      onProgress: (done, total) =>
        onProgress({ phase: 'fetching', done, ...(total === undefined ? {} : { total }) }),
    });
    if (!fetched.ok) return fetched;
    if (fetched.value.kind === 'unchanged') return ok(upToDate(fetched.value.address));
    const { bytes, address } = fetched.value;
    const digest = digestOf(bytes);
    // The same bytes passed every check before they came into force.
    if (digest === activeDigest) return ok(upToDate(address));
    const { plan, diagnostics } = await check(bytes, address);
    if (plan === undefined) return fail(invalid(address, diagnostics));
    const misfit = misfitOf(plan, base.plan) ?? historyAgainst(plan, digest, record);
    if (misfit !== undefined) return fail(misfit);
    const loaded = { plan, text: textOf(bytes), digest, source: base.plan.general.update_from };
    return ok({ kind: 'newer', loaded, fetched: fetched.value });
  }

  async function install(
    { loaded, fetched }: Extract<Found, { kind: 'newer' }>,
    { base, onProgress }: UpdateRequest,
  ): Promise<Result<UpdateOutcome>> {
    const total = Buffer.byteLength(loaded.text);
    onProgress({ phase: 'installing', done: 0, total });
    const { isSigned, address, tag } = fetched;
    const seen = tag === undefined ? {} : { seen: { address, tag } };
    const accepted = await store.accept({ loaded, base, isSigned, ...seen });
    if (!accepted.ok) return fail(notStored(accepted.failure));
    onProgress({ phase: 'installing', done: total, total });
    return ok({ kind: 'updated', loaded });
  }

  async function finish(
    found: Result<Found>,
    request: UpdateRequest,
  ): Promise<Result<UpdateOutcome>> {
    if (!found.ok) return found;
    return found.value.kind === 'newer' ? install(found.value, request) : ok(found.value);
  }

  return {
    update: async (request) => {
      request.onProgress({ phase: 'checking' });
      const budget = startBudget({ clock, ms: budgetMs, signal: request.signal });
      // A source that ignores its signal may still talk; nobody listens after the end.
      const onProgress = (state: UpdateState): void => {
        if (!budget.signal.aborted) request.onProgress(state);
      };
      const limited = { ...request, onProgress, signal: budget.signal };
      const found = await Promise.race([findNewer(limited), budget.over]);
      budget.stop();
      // From here on there is no way back: the pointer gets written, or it does not.
      const outcome = await finish(found, request);
      request.onProgress(lastState(outcome));
      return outcome;
    },
  };
}

/** What the source said of the plan in force, if it was that which it last sent. */
function tagOf(record: AcceptedRecord | undefined, activeDigest: string) {
  const seen = record?.seen;
  return seen?.digest === activeDigest ? { seen: { address: seen.address, tag: seen.tag } } : {};
}

function lastState(outcome: Result<UpdateOutcome>): UpdateState {
  if (!outcome.ok) {
    const { failure } = outcome;
    return { phase: 'failed', reason: reasonOf(failure), message: failure.message };
  }
  const { value } = outcome;
  return value.kind === 'updated'
    ? { phase: 'updated', revision: value.loaded.plan.general.revision }
    : { phase: 'unchanged', reason: value.reason, message: value.message };
}

function upToDate(address: string): Found {
  const message = `The plan at ${address} is the one in force.`;
  return { kind: 'unchanged', reason: 'up-to-date', message };
}

/** What speaks against a sound plan, compared with the base plan. */
function misfitOf(plan: CheckedPlan, base: CheckedPlan): Failure | undefined {
  const family = plan.general.product_family;
  if (family !== base.general.product_family) {
    return {
      code: 'update/wrong-product',
      message:
        `The candidate plan is for the product family "${family}", ` +
        `and this device is a "${base.general.product_family}".`,
    };
  }
  const { revision } = base.general;
  return plan.general.revision < revision
    ? rollback(plan, `the base plan has revision ${revision}`)
    : undefined;
}

/** What speaks against it from what this device has seen before. */
function historyAgainst(
  plan: CheckedPlan,
  digest: string,
  record: AcceptedRecord | undefined,
): Failure | undefined {
  const { product_family, revision } = plan.general;
  const highest = highestRevision(record, product_family);
  if (highest !== undefined && revision < highest) {
    return rollback(plan, `this device has accepted revision ${highest}`);
  }
  return record?.refused.includes(digest) === true ? trialFailed(revision) : undefined;
}

function rollback(plan: CheckedPlan, floor: string): Failure {
  return {
    code: 'update/rollback',
    message: `The candidate plan has revision ${plan.general.revision}, and ${floor}.`,
    hint: 'Publish it with a higher revision.',
  };
}

function trialFailed(revision: number): Failure {
  return {
    code: 'update/trial-failed',
    message: `The candidate plan, revision ${revision}, failed its trial on this device.`,
    hint: 'Mend it and publish it with a higher revision: the same file is not taken again.',
  };
}

function invalid(address: string, diagnostics: readonly Diagnostic[]): Failure {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
  const where = first === undefined ? '' : `; line ${first.line}: ${first.message}`;
  return {
    code: 'update/invalid',
    message: `The candidate plan ${address} has ${count}${where}`,
    hint: 'Run "firstlight plan check" on it.',
  };
}

/** The home's trouble, told as the update's: the plan in force is not touched by it. */
function notStored({ message, hint }: Failure): Failure {
  return { code: 'update/not-stored', message, ...(hint === undefined ? {} : { hint }) };
}
