import type { CheckedCore, CheckedPlan } from '#shared';
import { loadCore, loadPlan } from './load-plan.ts';
import { showCheck } from './plan-check.ts';
import type { Output } from './output.ts';

/** A plan without errors, with the text it was read from, and the core sequence it runs with. */
export interface RequiredPlan {
  readonly plan: CheckedPlan;
  readonly text: string;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  readonly core: CheckedCore;
}

/**
 * A plan without errors and its core sequence, for commands that need one. Else `undefined`, and what is
 * wrong has been said on standard error, where it does not mix with a result.
 */
export async function requirePlan(file: string, output: Output): Promise<RequiredPlan | undefined> {
  const complain: Output = {
    ...output,
    out: (text) => output.err(text),
    paint: (_part, text) => text,
  };
  const { core, failed } = await loadCore();
  if (core === undefined) {
    showCheck(failed, complain);
    return undefined;
  }
  const { plan, digest, ...check } = await loadPlan(file, core);
  if (plan !== undefined && check.text !== undefined && digest !== undefined) {
    return { plan, text: check.text, digest, core };
  }
  showCheck(check, complain);
  return undefined;
}
