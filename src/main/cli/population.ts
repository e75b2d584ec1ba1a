import type { CheckedPlan } from '#shared';
import { takesPartWith } from '../flow/events.ts';
import { seededId, seededRandom } from '../session/seeded.ts';
import type { Evaluate } from '../update/rollouts/evaluate-flags.ts';
import type { TargetingContext } from '../update/rollouts/targeting-context.ts';

/** How many of many devices get what. */
export interface Split {
  readonly devices: number;
  readonly flags: readonly FlagSplit[];
  /** Plugins with a `when_flag`. */
  readonly plugins: readonly { readonly plugin: string; readonly devices: number }[];
}

export interface FlagSplit {
  readonly flag: string;
  /** In the order of the definition. */
  readonly variants: readonly { readonly variant: string; readonly devices: number }[];
  /** Those among them that have the default because the flag could not be evaluated. */
  readonly errors: number;
}

/** Evaluates all flags on random devices that differ in their id alone. */
export function splitOver(request: {
  readonly plan: CheckedPlan;
  readonly evaluate: Evaluate;
  /** What the devices have in common. */
  readonly context: TargetingContext;
  readonly devices: number;
  readonly seed: number;
}): Split {
  const { plan, evaluate, context, devices, seed } = request;
  const random = seededRandom(seed);
  const flagged = plan.plugins.filter(({ when_flag: condition }) => condition !== undefined);
  const counts = new Map(
    Object.entries(plan.flags).map(([flag, { variants }]) => [
      flag,
      { variants: new Map(Object.keys(variants).map((name) => [name, 0])), errors: 0 },
    ]),
  );
  const taking = new Map(flagged.map(({ name }) => [name, 0]));
  for (let n = 0; n < devices; n += 1) {
    const answers = evaluate({ ...context, targetingKey: seededId(random) });
    for (const [flag, count] of counts) {
      const { variant = '', reason } = answers[flag] ?? {};
      count.variants.set(variant, (count.variants.get(variant) ?? 0) + 1);
      if (reason === 'ERROR') count.errors += 1;
    }
    for (const plugin of flagged) {
      if (takesPartWith(plugin, answers))
        taking.set(plugin.name, (taking.get(plugin.name) ?? 0) + 1);
    }
  }
  return {
    devices,
    flags: [...counts].map(([flag, { variants, errors }]) => ({
      flag,
      variants: [...variants].map(([variant, hits]) => ({ variant, devices: hits })),
      errors,
    })),
    plugins: [...taking].map(([plugin, hits]) => ({ plugin, devices: hits })),
  };
}
