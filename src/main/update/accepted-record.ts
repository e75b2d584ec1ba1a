import * as v from 'valibot';
import type { CheckedPlan } from '#shared';
import type { LoadedPlan } from './update-port.ts';

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const revision = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const plan = v.object({
  digest,
  revision,
  product_family: v.string(),
  /** Was it vouched for by a root of trust? */
  isSigned: v.optional(v.boolean(), false),
});

const recordSchema = v.object({
  /** The base plan that was last seen. */
  baseDigest: digest,
  /** Absent before the first update, and when a newer base plan went ahead of it. */
  accepted: v.optional(plan),
  /** There while the accepted plan is on trial, with what to go back to; without one, the base plan. */
  trial: v.optional(v.object({ crashes: v.number(), lastGood: v.optional(plan) })),
  /** Plans that failed their trial, the latest last. */
  refused: v.optional(v.array(digest), []),
  /** What the source said of the accepted plan, so that it need not send it again. */
  seen: v.optional(v.object({ address: v.string(), tag: v.string(), digest })),
  /** Never goes down: the floor against rollback, by product family. A list, for odd names. */
  highestRevisions: v.array(v.object({ product_family: v.string(), revision })),
});

/** `accepted.json`: the pointer that alone says which plan is accepted. */
export type AcceptedRecord = v.InferOutput<typeof recordSchema>;
export type AcceptedPlan = v.InferOutput<typeof plan>;

/** How many failed plans are remembered: enough for any device's life, and bounded. */
const MAX_REFUSED = 100;

export function decodeRecord(json: unknown): AcceptedRecord | undefined {
  const parsed = v.safeParse(recordSchema, json);
  return parsed.success ? parsed.output : undefined;
}

/** A device that has accepted nothing. */
export function freshRecord(base: LoadedPlan): AcceptedRecord {
  return { baseDigest: base.digest, refused: [], highestRevisions: [] };
}

/** The plan is accepted, on trial unless it passed one; what it replaces is good if it had passed. */
export function withAccepted(
  record: AcceptedRecord,
  { loaded, base, isSigned, seen }: Acceptance,
): AcceptedRecord {
  const { product_family, revision } = loaded.plan.general;
  const lastGood = record.trial === undefined ? record.accepted : record.trial.lastGood;
  // Taken again, it has nothing left to prove.
  const isGood = lastGood?.digest === loaded.digest;
  return {
    baseDigest: base.digest,
    accepted: { digest: loaded.digest, revision, product_family, isSigned },
    ...(isGood ? {} : { trial: { crashes: 0, ...(lastGood === undefined ? {} : { lastGood }) } }),
    refused: record.refused,
    ...(seen === undefined ? {} : { seen: { ...seen, digest: loaded.digest } }),
    highestRevisions: withRevision(record.highestRevisions, loaded.plan.general),
  };
}

export interface Acceptance {
  readonly loaded: LoadedPlan;
  readonly base: LoadedPlan;
  readonly isSigned: boolean;
  /** Where it came from, and the tag that the source gave for it. */
  readonly seen?: { readonly address: string; readonly tag: string };
}

/** The accepted plan failed its trial: the last good one is accepted again, if there is one. */
export function withTrialFailed(record: AcceptedRecord): AcceptedRecord {
  const { accepted, trial, seen: _seen, ...rest } = record;
  const lastGood = trial?.lastGood;
  const refused = accepted === undefined ? rest.refused : [...rest.refused, accepted.digest];
  return {
    ...rest,
    ...(lastGood === undefined ? {} : { accepted: lastGood }),
    refused: refused.slice(-MAX_REFUSED),
  };
}

/** Nothing is accepted any more; the floor and what was refused stay. */
export function withoutAccepted(record: AcceptedRecord, base: LoadedPlan): AcceptedRecord {
  const { refused, highestRevisions } = record;
  return { baseDigest: base.digest, refused, highestRevisions };
}

/** The highest revision of a product family that was ever accepted here. */
export function highestRevision(
  record: AcceptedRecord | undefined,
  productFamily: string,
): number | undefined {
  return record?.highestRevisions.find((one) => one.product_family === productFamily)?.revision;
}

function withRevision(
  known: AcceptedRecord['highestRevisions'],
  { product_family, revision }: CheckedPlan['general'],
): AcceptedRecord['highestRevisions'] {
  const before = known.find((one) => one.product_family === product_family)?.revision ?? 0;
  const others = known.filter((one) => one.product_family !== product_family);
  return [...others, { product_family, revision: Math.max(before, revision) }];
}
