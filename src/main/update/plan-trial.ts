import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { ok, type Failure, type Notice, type Result } from '#shared';
import { parseJson } from '../state/parse-json.ts';
import type { ActiveChoice, PlanStore } from './plan-store.ts';
import type { LoadedPlan } from './update-port.ts';

/** Crashes within its trial that a plan is forgiven (plan contract, 7.4). */
const CRASHES_FORGIVEN = 1;

/** The trial of an accepted plan, as the session that runs it sees it (plan contract, 7.4). */
export interface PlanTrial {
  /** Is the plan with this digest on trial? */
  isOn(digest: string): boolean;
  /** A plan was accepted: its trial begins. */
  begin(digest: string): void;
  /** Is a plugin of the plan on trial acting? If the app ends while one is, that was a crash. */
  setActing(isActing: boolean): void;
  /** It reached its first handoff, or the end of the flow. */
  pass(): Promise<void>;
  /** It made no progress: gives the plan to go back to. On a dead disk that is the base plan. */
  fail(): Promise<LoadedPlan>;
}

/** A plan to start with, judged by how the last run ended. */
export interface StartChoice extends ActiveChoice {
  /** The plan that the last session ran, if it was taken back for its crashes. */
  readonly withdrawn?: { readonly digest: string; readonly failure: Failure };
}

/**
 * Looks at how the last run ended. The app writes a mark while a plugin of a plan on trial is acting;
 * a mark that is still there, from the same run of the machine, is a crash. A power cut is none.
 */
export async function judgeLastRun(options: {
  readonly store: PlanStore;
  readonly base: LoadedPlan;
  /** Where the mark stands. */
  readonly mark: string;
  readonly bootId: string;
}): Promise<Result<StartChoice>> {
  const { store, base, mark, bootId } = options;
  const chosen = await store.loadActive(base);
  if (!chosen.ok) return chosen;
  const last = readMark(mark);
  if (last === undefined) return chosen;
  removeMark(mark);
  const { digest } = chosen.value.loaded;
  const isCrash = chosen.value.isOnTrial && last.digest === digest && last.bootId === bootId;
  if (!isCrash) return chosen;
  const crashes = await store.countCrash(digest);
  if (!crashes.ok || crashes.value <= CRASHES_FORGIVEN) return crashes.ok ? chosen : crashes;
  const instead = await store.failTrial(digest, base);
  if (!instead.ok) return instead;
  const message = `The plan with the digest ${digest} was taken back: the app crashed ${crashes.value} times while its plugins were at work.`;
  const failure: Failure = { code: 'update/trial-failed', message };
  const notice: Notice = { code: failure.code, message };
  return ok({ notice, ...instead.value, withdrawn: { digest, failure } });
}

/** The trial for the session of this run. */
export function createPlanTrial(options: {
  readonly store: PlanStore;
  readonly base: LoadedPlan;
  readonly mark: string;
  readonly bootId: string;
  /** The plan that the session starts with, if that is on trial. */
  readonly onTrial: string | undefined;
}): PlanTrial {
  const { store, base, mark, bootId } = options;
  let current = options.onTrial;
  let isMarked = false;
  const setActing = (isActing: boolean): void => {
    const wanted = isActing && current !== undefined;
    if (wanted === isMarked) return;
    isMarked = wanted;
    if (wanted) writeMark(mark, { digest: current ?? '', bootId });
    else removeMark(mark);
  };
  const end = (): string | undefined => {
    const ended = current;
    setActing(false);
    current = undefined;
    return ended;
  };
  return {
    isOn: (digest) => current === digest,
    begin: (digest) => {
      end();
      current = digest;
    },
    setActing,
    pass: async () => {
      const digest = end();
      // On a dead disk it stays on trial, which costs nothing.
      if (digest !== undefined) await store.passTrial(digest);
    },
    fail: async () => {
      const digest = end();
      const choice = digest === undefined ? undefined : await store.failTrial(digest, base);
      const instead = choice?.ok === true ? choice.value.loaded : base;
      return instead.digest === digest ? base : instead;
    },
  };
}

const markSchema = v.object({ digest: v.string(), bootId: v.string() });
type Mark = v.InferOutput<typeof markSchema>;

// Synchronous, and not flushed: it must stand before the plugin acts, and only has to outlive the
// app, not the machine.

function writeMark(file: string, mark: Mark): void {
  try {
    writeFileSync(file, JSON.stringify(mark), { mode: 0o600 });
  } catch {
    // Without it a crash goes uncounted. Setup goes on.
  }
}

function readMark(file: string): Mark | undefined {
  try {
    const parsed = v.safeParse(markSchema, parseJson(readFileSync(file)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function removeMark(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // On a read-only disk none could have been written either.
  }
}
