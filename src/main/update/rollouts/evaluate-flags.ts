import type { MemoryStorage } from '@openfeature/flagd-core';
import type { FlagDefinition } from '#shared';
import type { FlagAnswer, FlagAnswers } from '../../flow/state.ts';
import type { FlagDefinitions } from './rollouts-port.ts';
import type { TargetingContext } from './targeting-context.ts';

/** Answers for one device after the other. Pure, but for rules that ask flagd for the time. */
export type Evaluate = (context: TargetingContext) => FlagAnswers;

type FlagdFlag = NonNullable<ReturnType<MemoryStorage['getFlag']>>;

const SILENT = { error: nothing, warn: nothing, info: nothing, debug: nothing };

/**
 * Makes a plan's flags ready to be evaluated offline, as flagd would. Never fails: a flag that cannot be
 * evaluated takes its default variant, with the reason `ERROR`. Rules are read here and not at each
 * device, since a preview asks for 100,000. The library is loaded only for a plan that has flags.
 */
export async function prepareFlags(flags: FlagDefinitions): Promise<Evaluate> {
  const entries = Object.entries(flags);
  if (entries.length === 0) return () => ({});
  const flagd = await import('@openfeature/flagd-core');
  const prepared = entries.map(([name, definition]) => ({
    name,
    definition,
    flag: definition.state === 'DISABLED' ? undefined : readFlag(flagd, name, definition),
  }));
  return (context) =>
    Object.fromEntries(
      prepared.map(({ name, definition, flag }) => [name, answerOf(definition, flag, context)]),
    );
}

/** A storage for each: within one, a single definition that flagd does not take spoils all. */
function readFlag(
  flagd: { readonly MemoryStorage: typeof MemoryStorage },
  name: string,
  definition: FlagDefinition,
): FlagdFlag | undefined {
  // Rules come from afar: they are interpreted, never compiled to code.
  const storage = new flagd.MemoryStorage(SILENT, { disableDynamicCodeGeneration: true });
  try {
    storage.setConfigurations(JSON.stringify({ flags: { [name]: definition } }));
    return storage.getFlag(name);
  } catch {
    return undefined;
  }
}

function answerOf(
  definition: FlagDefinition,
  flag: FlagdFlag | undefined,
  context: TargetingContext,
): FlagAnswer {
  // flagd leaves it to its caller what a disabled flag is: here, one whose rule counts as not there.
  if (definition.state === 'DISABLED') return defaultAnswer(definition, 'DISABLED');
  const details = flag?.evaluate({ ...context }, SILENT);
  if (details === undefined || details.reason === 'ERROR')
    return defaultAnswer(definition, 'ERROR');
  const { variant = definition.defaultVariant, reason } = details;
  return { variant, value: valueOf(definition, variant), reason };
}

function defaultAnswer(definition: FlagDefinition, reason: string): FlagAnswer {
  const variant = definition.defaultVariant;
  return { variant, value: valueOf(definition, variant), reason };
}

function valueOf({ variants }: FlagDefinition, variant: string): unknown {
  return Object.hasOwn(variants, variant) ? variants[variant] : undefined;
}

function nothing(): void {
  // flagd logs what it also gives as the reason.
}
