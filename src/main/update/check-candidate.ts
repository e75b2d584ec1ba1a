import type { CheckedPlan, Diagnostic } from '#shared';

/** The plan checker as the updater sees it; `plan` is there when no diagnostic is an error. */
export type CheckCandidate = (
  bytes: Uint8Array,
  file: string,
) => Promise<{
  readonly plan?: CheckedPlan | undefined;
  readonly diagnostics: readonly Diagnostic[];
}>;
