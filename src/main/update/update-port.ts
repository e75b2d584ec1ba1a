import type { CheckedPlan, PlanSource, Result, UpdateState } from '#shared';

/** A plan that was accepted, or taken from the app itself, with the bytes that it was read from. */
export interface LoadedPlan {
  readonly plan: CheckedPlan;
  readonly text: string;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  readonly source: PlanSource;
}

/** What an update attempt came to. `unchanged` when the source has nothing newer. */
export type UpdateOutcome =
  | { readonly kind: 'updated'; readonly loaded: LoadedPlan }
  | { readonly kind: 'unchanged'; readonly reason: string; readonly message: string };

/** Fetches a newer plan. Failures have `update/` codes; the device goes on with what it has. */
export interface Updater {
  update(request: {
    /** The base plan: it alone names where newer plans come from. */
    readonly base: LoadedPlan;
    /** Digest of the plan in force: a candidate with the same is `unchanged`. */
    readonly activeDigest: string;
    readonly signal: AbortSignal;
    readonly onProgress: (state: UpdateState) => void;
  }): Promise<Result<UpdateOutcome>>;
}
