import path from 'node:path';
import * as v from 'valibot';
import { ok, type CheckedPlan, type Notice, type Result } from '#shared';
import { readJsonFile, setAside, writeFileAtomic } from '../state/atomic-file.ts';
import { isSystemError, type FilesPort } from '../state/files-port.ts';
import { digestOf } from '../state/plan-file.ts';
import type { CheckCandidate } from './plan-source-port.ts';
import type { LoadedPlan } from './update-port.ts';

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const revision = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** `accepted.json`: the pointer that alone says which plan is accepted. */
const recordSchema = v.object({
  /** The base plan that was last seen. */
  baseDigest: digest,
  /** Absent before the first update, and when a newer base plan went ahead of it. */
  accepted: v.optional(v.object({ digest, revision, product_family: v.string() })),
  /** Never goes down: the floor against rollback, by product family. A list, for odd names. */
  highestRevisions: v.array(v.object({ product_family: v.string(), revision })),
});

type Record = v.InferOutput<typeof recordSchema>;

/** The plans that this device has accepted. Failures are `shell/read-only`. */
export interface PlanStore {
  /**
   * The plan to start with (plan contract, 7.1): the last accepted one while it is valid, unless the
   * base plan changed and is not older. The notice tells of something damaged that was set aside.
   */
  loadActive(base: LoadedPlan): Promise<Result<ActiveChoice>>;
  /** Puts a plan in place. Power loss at any instant leaves the old one or this one, whole. */
  accept(loaded: LoadedPlan, base: LoadedPlan): Promise<Result<void>>;
  /** The highest revision of a product family that was ever accepted here. */
  highestRevision(productFamily: string): Promise<Result<number | undefined>>;
}

export interface ActiveChoice {
  readonly loaded: LoadedPlan;
  readonly notice?: Notice;
}

/** A store in two places of the home folder: a folder of plans and the pointer file. */
export function createPlanStore(options: {
  readonly files: FilesPort;
  readonly paths: { readonly plans: string; readonly accepted: string };
  readonly check: CheckCandidate;
}): PlanStore {
  const { files, paths, check } = options;

  function readRecord() {
    return readJsonFile({ files, path: paths.accepted, decode: decodeRecord });
  }

  function writeRecord(record: Record): Promise<Result<void>> {
    const content = `${JSON.stringify(record, undefined, 2)}\n`;
    return writeFileAtomic({ files, path: paths.accepted, content });
  }

  function planPath(digest: string): string {
    return path.join(paths.plans, `${digest}.toml`);
  }

  /** The accepted plan, or `undefined` if it is not valid any more. */
  async function readAccepted(record: Record): Promise<LoadedPlan | undefined> {
    if (record.accepted === undefined) return undefined;
    const { digest } = record.accepted;
    const bytes = await readOrUndefined(files, planPath(digest));
    // A flipped bit can leave a valid plan with another meaning: only the digest tells.
    if (bytes === undefined || digestOf(bytes) !== digest) return undefined;
    // An app update can forbid what it allowed before, such as a name that became a core plugin's.
    const { plan } = await check(bytes, planPath(digest));
    return plan && { plan, text: textOf(bytes), digest, source: 'cached' };
  }

  async function chooseFrom(record: Record, base: LoadedPlan): Promise<Result<ActiveChoice>> {
    const { accepted } = record;
    const isNewBase = record.baseDigest !== base.digest;
    const { product_family, revision } = base.plan.general;
    const hasPriority =
      accepted !== undefined &&
      accepted.product_family === product_family &&
      (!isNewBase || accepted.revision > revision);
    const cached = hasPriority ? await readAccepted(record) : undefined;
    const next = { ...record, baseDigest: base.digest };
    if (cached !== undefined) {
      const written = isNewBase ? await writeRecord(next) : ok(undefined);
      return written.ok ? ok({ loaded: cached }) : written;
    }
    // Forgotten for good, else it would come back at the next start, when the base is not new.
    const { accepted: _forgotten, ...without } = next;
    if (isNewBase || accepted !== undefined) {
      const written = await writeRecord(without);
      if (!written.ok) return written;
    }
    if (!hasPriority) return ok({ loaded: base });
    // It may be missing: then there is nothing to keep.
    await setAside(files, planPath(accepted.digest));
    return ok({ loaded: base, notice: PLAN_NOTICE });
  }

  return {
    loadActive: async (base) => {
      const file = await readRecord();
      if (!file.ok) return file;
      if (file.value.kind === 'read') return chooseFrom(file.value.value, base);
      const written = await writeRecord(freshRecord(base));
      if (!written.ok) return written;
      return ok(
        file.value.kind === 'damaged' ? { loaded: base, notice: RECORD_NOTICE } : { loaded: base },
      );
    },

    accept: async (loaded, base) => {
      const file = await readRecord();
      if (!file.ok) return file;
      const record = file.value.kind === 'read' ? file.value.value : freshRecord(base);
      // The plan first: the pointer must never name a plan that is not there.
      const content = new TextEncoder().encode(loaded.text);
      const stored = await writeFileAtomic({ files, path: planPath(loaded.digest), content });
      if (!stored.ok) return stored;
      const { product_family, revision } = loaded.plan.general;
      const pointed = await writeRecord({
        baseDigest: base.digest,
        accepted: { digest: loaded.digest, revision, product_family },
        highestRevisions: withRevision(record.highestRevisions, loaded.plan.general),
      });
      if (pointed.ok) await removeOthers(files, paths.plans, planPath(loaded.digest));
      return pointed;
    },

    highestRevision: async (productFamily) => {
      const file = await readRecord();
      if (!file.ok) return file;
      const record = file.value.kind === 'read' ? file.value.value : undefined;
      return ok(
        record?.highestRevisions.find((one) => one.product_family === productFamily)?.revision,
      );
    },
  };
}

const PLAN_NOTICE: Notice = {
  code: 'update/damaged',
  message: 'The plan accepted earlier cannot be used any more; setup goes on with the base plan.',
};

const RECORD_NOTICE: Notice = {
  code: 'update/damaged',
  message: 'The record of accepted plans was damaged; setup goes on with the base plan.',
};

function freshRecord(base: LoadedPlan): Record {
  return { baseDigest: base.digest, highestRevisions: [] };
}

function decodeRecord(json: unknown): Record | undefined {
  const parsed = v.safeParse(recordSchema, json);
  return parsed.success ? parsed.output : undefined;
}

function withRevision(
  known: Record['highestRevisions'],
  { product_family, revision }: CheckedPlan['general'],
): Record['highestRevisions'] {
  const before = known.find((one) => one.product_family === product_family)?.revision ?? 0;
  const others = known.filter((one) => one.product_family !== product_family);
  return [...others, { product_family, revision: Math.max(before, revision) }];
}

/** Plans that nothing points to: older ones, and what a power cut left half-written. Best effort. */
async function removeOthers(files: FilesPort, folder: string, kept: string): Promise<void> {
  try {
    for (const name of await files.list(folder)) {
      const file = path.join(folder, name);
      if (file !== kept && !name.includes('.damaged-')) await files.remove(file);
    }
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
  }
}

async function readOrUndefined(files: FilesPort, file: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(file);
  } catch (thrown) {
    // Missing, or on a bad block: the plan cannot be had either way.
    if (isSystemError(thrown)) return undefined;
    throw thrown;
  }
}

/** The text of a checked plan, byte order mark included, so that it encodes to the same bytes. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
