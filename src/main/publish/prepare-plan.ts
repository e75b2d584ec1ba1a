import path from 'node:path';
import { fail, ok, type CheckedPlan, type Failure, type Result } from '#shared';
import { checkPlan, type PlanCheck } from '../plan/check.ts';
import { digestOf } from '../state/plan-file.ts';
import { checkPlanFile } from './check-plan-file.ts';
import { collectPlugins, type CollectedPlugin } from './collect-plugins.ts';
import { pinDigests } from './pin-digests.ts';

/** A plan as it will be published: pinned, checked again, with its archives beside it. */
export interface PreparedPlan {
  readonly plan: CheckedPlan;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, hex. */
  readonly digest: string;
  readonly plugins: readonly CollectedPlugin[];
  readonly warnings: readonly string[];
  /** What the checker said of the file as it is. */
  readonly check: PlanCheck;
}

/** Why a plan was not published: the first reason as a failure, and all there is to say. */
export interface PublishFailure extends Failure {
  /** What the checker said, where the plan was read at all. */
  readonly check?: PlanCheck;
  /** Further reasons, for all problems are said at once. */
  readonly more?: readonly Failure[];
}

/**
 * Checks a plan, gets its plugins' archives into `workFolder`, and pins their digests in a copy of its text.
 * The file itself is never written to.
 */
export async function preparePlan(request: {
  readonly planFile: string;
  readonly pluginsFolder: string;
  readonly workFolder: string;
  readonly repin: boolean;
}): Promise<Result<PreparedPlan, PublishFailure>> {
  const { planFile } = request;
  const { check, core, bytes } = await checkPlanFile(planFile);
  const { plan, text } = check;
  if (core === undefined || plan === undefined || text === undefined || bytes === undefined) {
    return fail({ ...invalidPlan(planFile, check), check });
  }
  const collected = await collectPlugins({ ...request, plan });
  if (!collected.ok) {
    const [first = invalidPlan(planFile, check), ...more] = collected.failure;
    return fail({ ...first, check, more });
  }
  const { plugins, warnings } = collected.value;
  const pinned = pin(planFile, { plan, text, plugins });
  if (!pinned.ok) return fail({ ...pinned.failure, check });
  // Not a byte changes where all is pinned, a byte order mark included.
  const toPublish = pinned.value === text ? bytes : Buffer.from(pinned.value);
  const again = await checkPlan({ file: planFile, bytes: toPublish, core });
  if (again.plan === undefined) return fail({ ...invalidPlan(planFile, again), check: again });
  const digest = digestOf(toPublish);
  return ok({ plan: again.plan, bytes: toPublish, digest, plugins, warnings, check });
}

/** The text with the digests of the plugins that have none, or another. */
function pin(
  planFile: string,
  what: {
    readonly plan: CheckedPlan;
    readonly text: string;
    readonly plugins: readonly CollectedPlugin[];
  },
): Result<string> {
  const { plan, text, plugins } = what;
  const pinned = new Map(plan.plugins.map(({ name, sha256 }) => [name, sha256?.toLowerCase()]));
  const wanted = plugins.filter(({ name, sha256 }) => pinned.get(name) !== sha256);
  if (wanted.length === 0) return ok(text);
  const result = pinDigests(text, new Map(wanted.map(({ name, sha256 }) => [name, sha256])));
  if (result !== undefined) return ok(result);
  const lines = wanted.map(({ name, sha256 }) => `"${name}": sha256 = "${sha256}"`);
  return fail({
    code: 'publish/not-pinned',
    message: `${planFile} is too long or nests too deeply for digests to be written into it.`,
    hint: `Write them into its [[plugins]] tables by hand. ${lines.join('; ')}`,
  });
}

function invalidPlan(planFile: string, { diagnostics }: PlanCheck): Failure {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return {
    code: 'publish/invalid-plan',
    message: `${path.basename(planFile)} has ${errors} ${errors === 1 ? 'error' : 'errors'}; nothing was published.`,
    hint: `See \`firstlight plan check ${planFile}\`.`,
  };
}
