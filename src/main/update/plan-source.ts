import { fail, ok, type Failure, type Result } from '#shared';
import { PLAN_FILE_NAME } from './plan-repository.ts';
import { fetchBytes } from './sources/fetch-bytes.ts';
import type { Fetcher } from './sources/fetcher-port.ts';
import type { Place } from './sources/place.ts';
import { below, describePlace } from './sources/resolve-place.ts';
import { fetchTarget } from './trust/fetch-target.ts';
import type { PlanTrust } from './trust/trust-port.ts';

/** Where newer plans come from: whole and within limits, and vouched for if the device asks that. */
export interface PlanSource {
  /**
   * Fetches the newest plan there. Failures: those of `Fetcher` and of `PlanTrust`. After the signal the answer no longer matters, and nothing of the work is left.
   */
  fetch(request: {
    readonly maxBytes: number;
    /** The plan that is not to be sent again. */
    readonly inForce: {
      readonly digest: string;
      readonly seen?: { readonly address: string; readonly tag: string };
    };
    readonly signal: AbortSignal;
    /** Bytes so far, and in all where the source says so. */
    readonly onProgress: (done: number, total?: number) => void;
  }): Promise<Result<PlanAnswer>>;
}

/** A candidate: nothing is known of it but that it is whole, and who signed it. */
export interface FetchedPlan {
  readonly kind: 'fetched';
  readonly bytes: Uint8Array;
  /** Where it came from, for messages. */
  readonly address: string;
  /** The source's own mark of this version. */
  readonly tag?: string;
  readonly isSigned: boolean;
}

export type PlanAnswer = FetchedPlan | { readonly kind: 'unchanged'; readonly address: string };

type Request = Parameters<PlanSource['fetch']>[0];

/** Plans from any kind of place. With `trust`, only what its signatures vouch for. */
export function createPlanSource(options: {
  readonly fetcher: Fetcher;
  /** The folder that newer plans of the base plan lie in. */
  readonly folder: Result<Place>;
  readonly trust: PlanTrust | undefined;
}): PlanSource {
  const { fetcher, folder, trust } = options;
  return {
    fetch: async (request) => {
      if (!folder.ok) return folder;
      return trust === undefined
        ? fetchPlain(fetcher, folder.value, request)
        : fetchSigned({ fetcher, trust, folder: folder.value }, request);
    },
  };
}

async function fetchPlain(
  fetcher: Fetcher,
  folder: Place,
  { maxBytes, inForce, signal, onProgress }: Request,
): Promise<Result<PlanAnswer>> {
  const place = below(folder, PLAN_FILE_NAME);
  const address = describePlace(place);
  const { seen } = inForce;
  const unless = seen?.address === address ? { unlessTag: seen.tag } : {};
  const fetched = await fetchBytes(fetcher, { place, maxBytes, signal, onProgress, ...unless });
  if (!fetched.ok) return fetched;
  if (fetched.value.kind === 'unchanged') return ok({ kind: 'unchanged', address });
  return ok({ ...fetched.value, address, isSigned: false });
}

async function fetchSigned(
  { fetcher, trust, folder }: { fetcher: Fetcher; trust: PlanTrust; folder: Place },
  { maxBytes, inForce, signal, onProgress }: Request,
): Promise<Result<PlanAnswer>> {
  const place = below(folder, PLAN_FILE_NAME);
  const address = describePlace(place);
  const targets = await trust.refresh({ folder, signal });
  if (!targets.ok) {
    if (targets.failure.code !== 'update/not-found') return targets;
    // A plan without signatures, or no plan at all?
    const plain = await fetchBytes(fetcher, { place, maxBytes, signal });
    return plain.ok ? fail(unsigned(address)) : targets;
  }
  const target = targets.value.target(PLAN_FILE_NAME);
  if (target === undefined) return fail(unsigned(address));
  // Signed anew, and nothing else.
  if (target.sha256 === inForce.digest) return ok({ kind: 'unchanged', address });
  if (target.length > maxBytes) return fail(tooLarge(address, maxBytes));
  const bytes = await fetchTarget(fetcher, { folder, target, signal, onProgress });
  if (!bytes.ok) return bytes;
  return ok({ kind: 'fetched', bytes: bytes.value, address, isSigned: true });
}

function unsigned(address: string): Failure {
  return {
    code: 'update/untrusted',
    message: `No signed metadata beside ${address} vouches for the plan.`,
    hint: 'Publish the plan with "firstlight publish".',
  };
}

function tooLarge(address: string, maxBytes: number): Failure {
  const message = `${address} is over the limit of ${maxBytes} bytes.`;
  return { code: 'update/too-large', message };
}
