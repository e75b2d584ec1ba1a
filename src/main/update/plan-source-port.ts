import type { CheckedPlan, Diagnostic, Result } from '#shared';

/** Where newer plans come from. One form per `update_from`; all obey the same rules. */
export interface PlanSourcePort {
  /**
   * Fetches `{update_path_root}/{product_family}/{execution_plan_version}/execution_plan.toml` whole.
   * Failures: `update/unreachable`, `not-found`, `denied`, `too-large`, `invalid` (it changes while
   * it is read). After the signal the answer no longer matters, and nothing of the work is left.
   */
  fetch(request: {
    readonly general: CheckedPlan['general'];
    readonly maxBytes: number;
    readonly signal: AbortSignal;
    /** Bytes so far, and in all where the source says so. */
    readonly onProgress: (done: number, total?: number) => void;
  }): Promise<Result<FetchedPlan>>;
}

/** A candidate: nothing is known of it but that it is whole. */
export interface FetchedPlan {
  readonly bytes: Uint8Array;
  /** Where it came from, for messages. */
  readonly file: string;
}

/** The plan checker as the updater sees it; `plan` is there when no diagnostic is an error. */
export type CheckCandidate = (
  bytes: Uint8Array,
  file: string,
) => Promise<{
  readonly plan?: CheckedPlan | undefined;
  readonly diagnostics: readonly Diagnostic[];
}>;
