import type { DeviceInfo, FlagDefinition } from '#shared';
import type { FlagAnswer, FlagAnswers } from '../../flow/state.ts';
import type { FilesPort } from '../../state/files-port.ts';
import { readDecisions, writeDecisions, type Decision, type Decisions } from './decision-file.ts';
import { definitionDigest } from './definition-digest.ts';
import { prepareFlags, type Evaluate } from './evaluate-flags.ts';
import type { FlagDefinitions, Rollouts } from './rollouts-port.ts';
import { targetingContext } from './targeting-context.ts';

/** Decisions of flags that the plan no longer has: kept for a plan that brings them back, up to here. */
const MOST_DECISIONS = 1000;

/** What `createRollouts` needs. */
export interface RolloutsOptions {
  readonly files: FilesPort;
  /** The decision file of a home. */
  readonly path: string;
  /** Rollout channel of this device. */
  readonly channel: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/**
 * The flags of a device (plan contract, section 7, Rollouts). The decision file is read at the first
 * flag, and belongs to whoever has the home.
 */
export function createRollouts({ files, path, channel, now }: RolloutsOptions): Rollouts {
  return rolloutsWith({
    channel,
    now,
    read: () => readDecisions(files, path),
    write: (decisions) => writeDecisions(files, path, decisions),
  });
}

/** As `createRollouts`, for a run that has no home: what it decides ends with it. */
export function unkeptRollouts(channel: string): Rollouts {
  return rolloutsWith({
    channel,
    now: () => 0,
    read: () => Promise.resolve<Decisions>(new Map()),
    write: () => Promise.resolve(),
  });
}

interface RolloutsParts extends Pick<RolloutsOptions, 'channel' | 'now'> {
  readonly read: () => Promise<Decisions>;
  readonly write: (decisions: Decisions) => Promise<void>;
}

function rolloutsWith({ channel, now, read, write }: RolloutsParts): Rollouts {
  let reading: Promise<Decisions> | undefined;
  const decisions = (): Promise<Decisions> => (reading ??= read());
  const save = oneAtATime(async () => write(await decisions()));
  const prepared = preparedOnce();
  let current: FlagDefinitions = {};

  async function evaluate(flags: FlagDefinitions, device: DeviceInfo): Promise<FlagAnswers> {
    current = flags;
    if (Object.keys(flags).length === 0) return {};
    const decided = await decisions();
    const kept = new Map<string, FlagAnswer>();
    for (const [flag, definition] of Object.entries(flags)) {
      const answer = keptAnswer(decided.get(flag), definition);
      if (answer !== undefined) kept.set(flag, answer);
    }
    const open = Object.entries(flags).filter(([flag]) => !kept.has(flag));
    const evaluateOpen = await prepared(Object.fromEntries(open));
    return { ...Object.fromEntries(kept), ...evaluateOpen(targetingContext(device, channel)) };
  }

  async function decide(decision: Parameters<Rollouts['decide']>[0]): Promise<void> {
    const { flag, definition, answer, device } = decision;
    const decided = await decisions();
    if (keptAnswer(decided.get(flag), definition) !== undefined) return;
    // Last in the order, also where it takes the place of an older one.
    decided.delete(flag);
    decided.set(flag, {
      definition: definitionDigest(definition),
      variant: answer.variant,
      value: answer.value ?? null,
      reason: answer.reason,
      inputs: targetingContext(device, channel),
      decidedAt: new Date(now()).toISOString(),
    });
    forgetOldest(decided, current);
    await save();
  }

  return { evaluate, decide };
}

/** The answer that was decided, if it was for this very definition. */
function keptAnswer(
  decision: Decision | undefined,
  definition: FlagDefinition,
): FlagAnswer | undefined {
  if (decision === undefined) return undefined;
  const { variant } = decision;
  if (!Object.hasOwn(definition.variants, variant)) return undefined;
  if (decision.definition !== definitionDigest(definition)) return undefined;
  return { variant, value: definition.variants[variant], reason: 'CACHED' };
}

function forgetOldest(decided: Decisions, current: FlagDefinitions): void {
  for (const flag of decided.keys()) {
    if (decided.size <= MOST_DECISIONS) return;
    if (!Object.hasOwn(current, flag)) decided.delete(flag);
  }
}

/** Language and region change more often than definitions do: the last ones stay prepared. */
function preparedOnce(): (flags: FlagDefinitions) => Promise<Evaluate> {
  let last: { readonly key: string; readonly evaluate: Promise<Evaluate> } | undefined;
  return (flags) => {
    const key = Object.entries(flags)
      .map(([name, definition]) => `${JSON.stringify(name)} ${definitionDigest(definition)}`)
      .join('\n');
    if (last?.key !== key) last = { key, evaluate: prepareFlags(flags) };
    return last.evaluate;
  };
}

/** Many calls at once come to two writes: the one that is under way, and one with all that came since. */
function oneAtATime(write: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running.then(() => {
      running = next ?? Promise.resolve();
      next = undefined;
      return write();
    });
    return next;
  };
}
