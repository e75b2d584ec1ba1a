import type { Result } from '#shared';
import type { Place } from '../sources/place.ts';

/** What a repository's signatures vouch for (plan contract, section 7, Trust). */
export interface PlanTrust {
  /**
   * Fetches and verifies the metadata in `folder/metadata`, and keeps it crash-safely. Failures:
   * those of `Fetcher`, `update/untrusted` (signatures, threshold, mix-and-match, fast-forward),
   * `update/rollback` (older metadata than was verified before), `update/expired`,
   * `update/too-large` (endless data), `update/not-stored`.
   */
  refresh(request: {
    /** The folder at the source that holds `execution_plan.toml` and `metadata/`. */
    readonly folder: Place;
    readonly signal: AbortSignal;
  }): Promise<Result<TrustedTargets>>;
  /** What was verified last, without asking anyone: for offline starts and `doctor`. */
  status(): Promise<TrustStatus>;
}

/** The targets that the last verified metadata names. */
export interface TrustedTargets {
  /** `path` is relative to the folder: `execution_plan.toml`, `plugins/howto.tgz`. */
  target(path: string): TrustedTarget | undefined;
}

export interface TrustedTarget {
  /** Bytes. */
  readonly length: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Where it lies below the folder: targets carry their digest in the name. */
  readonly file: string;
}

export interface TrustStatus {
  readonly rootVersion: number;
  /** RFC 3339; absent before the first refresh. */
  readonly expires?: string;
  /** Past that date, judged by the time floor: still in use, and worth saying. */
  readonly isStale: boolean;
  /** What was kept was found damaged since the start, and lies here: its floors are lost. */
  readonly setAside?: string;
}
