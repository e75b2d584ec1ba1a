import path from 'node:path';
import { ok, type CheckedPlan, type Notice, type Result } from '#shared';
import { readJsonFile, setAside, writeFileAtomic } from '../state/atomic-file.ts';
import { isSystemError, type FilesPort } from '../state/files-port.ts';
import { digestOf } from '../state/plan-file.ts';
import {
  decodeRecord,
  freshRecord,
  withAccepted,
  withoutAccepted,
  withTrialFailed,
  type Acceptance,
  type AcceptedPlan,
  type AcceptedRecord,
} from './accepted-record.ts';
import type { CheckCandidate } from './check-candidate.ts';
import type { LoadedPlan } from './update-port.ts';

/** The plans that this device has accepted. Failures are `shell/read-only`. */
export interface PlanStore {
  /**
   * The plan to start with (plan contract, 7.1): the last accepted one while it is valid, unless the
   * base plan changed and is not older. The notice tells of something damaged that was set aside.
   */
  loadActive(base: LoadedPlan): Promise<Result<ActiveChoice>>;
  /** What is remembered; `undefined` before the first start, and when it was damaged. */
  record(): Promise<Result<AcceptedRecord | undefined>>;
  /**
   * Puts a plan in place, on trial. Power loss at any instant leaves the old one or this one, whole.
   */
  accept(acceptance: Acceptance): Promise<Result<void>>;
  /** The plan with this digest passed its trial: there is nothing older to go back to any more. */
  passTrial(digest: string): Promise<Result<void>>;
  /** Counts a crash of the plan on trial, and gives how many there were. */
  countCrash(digest: string): Promise<Result<number>>;
  /** The plan failed its trial: it is not taken again. Gives the plan to go back to. */
  failTrial(digest: string, base: LoadedPlan): Promise<Result<ActiveChoice>>;
  /** The accepted plan, and the one that its trial may go back to: their plugins must stay. */
  plansInUse(): Promise<readonly CheckedPlan[]>;
}

export interface ActiveChoice {
  readonly loaded: LoadedPlan;
  readonly isOnTrial: boolean;
  readonly notice?: Notice;
}

/** A store in two places of the home folder: a folder of plans and the pointer file. */
export function createPlanStore(options: {
  readonly files: FilesPort;
  readonly paths: { readonly plans: string; readonly accepted: string };
  readonly check: CheckCandidate;
  /** There is a root of trust: a plan that was accepted without one does not count. */
  readonly needsSignature?: boolean;
}): PlanStore {
  const { files, paths, check, needsSignature = false } = options;

  function readRecord() {
    return readJsonFile({ files, path: paths.accepted, decode: decodeRecord });
  }

  function writeRecord(record: AcceptedRecord): Promise<Result<void>> {
    const content = `${JSON.stringify(record, undefined, 2)}\n`;
    return writeFileAtomic({ files, path: paths.accepted, content });
  }

  function planPath(digest: string): string {
    return path.join(paths.plans, `${digest}.toml`);
  }

  /** An accepted plan, or `undefined` if it is not valid any more. */
  async function readPlan({ digest, isSigned }: AcceptedPlan): Promise<LoadedPlan | undefined> {
    if (needsSignature && !isSigned) return undefined;
    const bytes = await readOrUndefined(files, planPath(digest));
    // A flipped bit can leave a valid plan with another meaning: only the digest tells.
    if (bytes === undefined || digestOf(bytes) !== digest) return undefined;
    // An app update can forbid what it allowed before, such as a name that became a core plugin's.
    const { plan } = await check(bytes, planPath(digest));
    return plan && { plan, text: textOf(bytes), digest, source: 'cached' };
  }

  async function chooseFrom(
    record: AcceptedRecord,
    base: LoadedPlan,
  ): Promise<Result<ActiveChoice>> {
    const { accepted } = record;
    const isNewBase = record.baseDigest !== base.digest;
    const { product_family, revision } = base.plan.general;
    const hasPriority =
      accepted !== undefined &&
      accepted.product_family === product_family &&
      (!isNewBase || accepted.revision > revision);
    const cached = hasPriority ? await readPlan(accepted) : undefined;
    if (cached !== undefined) {
      const next = { ...record, baseDigest: base.digest };
      const written = isNewBase ? await writeRecord(next) : ok(undefined);
      const isOnTrial = record.trial !== undefined;
      return written.ok ? ok({ loaded: cached, isOnTrial }) : written;
    }
    // Forgotten for good, else it would come back at the next start, when the base is not new.
    if (isNewBase || accepted !== undefined) {
      const written = await writeRecord(withoutAccepted(record, base));
      if (!written.ok) return written;
    }
    if (!hasPriority) return ok({ loaded: base, isOnTrial: false });
    // It may be missing: then there is nothing to keep.
    await setAside(files, planPath(accepted.digest));
    return ok({ loaded: base, isOnTrial: false, notice: PLAN_NOTICE });
  }

  /** Changes the record if the plan with this digest is on trial. */
  async function changeTrial(
    digest: string,
    change: (record: AcceptedRecord) => AcceptedRecord,
  ): Promise<Result<AcceptedRecord | undefined>> {
    const file = await readRecord();
    if (!file.ok) return file;
    const record = file.value.kind === 'read' ? file.value.value : undefined;
    if (record?.accepted?.digest !== digest || record.trial === undefined) return ok(record);
    const next = change(record);
    const written = await writeRecord(next);
    return written.ok ? ok(next) : written;
  }

  return {
    loadActive: async (base) => {
      const file = await readRecord();
      if (!file.ok) return file;
      if (file.value.kind === 'read') return chooseFrom(file.value.value, base);
      const written = await writeRecord(freshRecord(base));
      if (!written.ok) return written;
      const choice = { loaded: base, isOnTrial: false };
      return ok(file.value.kind === 'damaged' ? { ...choice, notice: RECORD_NOTICE } : choice);
    },

    record: async () => {
      const file = await readRecord();
      if (!file.ok) return file;
      return ok(file.value.kind === 'read' ? file.value.value : undefined);
    },

    accept: async (acceptance) => {
      const { loaded, base } = acceptance;
      const file = await readRecord();
      if (!file.ok) return file;
      const record = file.value.kind === 'read' ? file.value.value : freshRecord(base);
      // The plan first: the pointer must never name a plan that is not there.
      const content = new TextEncoder().encode(loaded.text);
      const stored = await writeFileAtomic({ files, path: planPath(loaded.digest), content });
      if (!stored.ok) return stored;
      const next = withAccepted(record, acceptance);
      const pointed = await writeRecord(next);
      if (pointed.ok) await removeOthers(files, paths.plans, inUse(next).map(planPath));
      return pointed;
    },

    passTrial: async (digest) => {
      const passed = await changeTrial(digest, ({ trial: _passed, ...record }) => record);
      if (!passed.ok) return passed;
      if (passed.value !== undefined) {
        await removeOthers(files, paths.plans, inUse(passed.value).map(planPath));
      }
      return ok(undefined);
    },

    countCrash: async (digest) => {
      const counted = await changeTrial(digest, (record) => ({
        ...record,
        trial: { ...record.trial, crashes: (record.trial?.crashes ?? 0) + 1 },
      }));
      return counted.ok ? ok(counted.value?.trial?.crashes ?? 0) : counted;
    },

    failTrial: async (digest, base) => {
      const failed = await changeTrial(digest, withTrialFailed);
      if (!failed.ok) return failed;
      return chooseFrom(failed.value ?? freshRecord(base), base);
    },

    plansInUse: async () => {
      const file = await readRecord();
      if (!file.ok || file.value.kind !== 'read') return [];
      const { accepted, trial } = file.value.value;
      const kept = [accepted, trial?.lastGood].filter((one) => one !== undefined);
      const loaded = await Promise.all(kept.map(readPlan));
      return loaded.flatMap((one) => (one === undefined ? [] : [one.plan]));
    },
  };
}

/** Digests of the plans that a record names. */
function inUse({ accepted, trial }: AcceptedRecord): readonly string[] {
  return [accepted, trial?.lastGood].flatMap((one) => (one === undefined ? [] : [one.digest]));
}

const PLAN_NOTICE: Notice = {
  code: 'update/damaged',
  message: 'The plan accepted earlier cannot be used any more; setup goes on with the base plan.',
};

const RECORD_NOTICE: Notice = {
  code: 'update/damaged',
  message: 'The record of accepted plans was damaged; setup goes on with the base plan.',
};

/** Removes what nothing points to: older plans, and what a power cut left half-written. Best effort. */
async function removeOthers(
  files: FilesPort,
  folder: string,
  kept: readonly string[],
): Promise<void> {
  try {
    for (const name of await files.list(folder)) {
      const file = path.join(folder, name);
      if (!kept.includes(file) && !name.includes('.damaged-')) await files.remove(file);
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
