import * as v from 'valibot';
import { DEFAULT_PREFERENCES, type CheckedPlan } from '#shared';
import { line, segment } from '../../shared/plan-schema.ts';
import { TEXT_LIMITS as limits } from '../../shared/text-rules.ts';
import { appVersion } from '../app-version.ts';
import { asDevice, checkBytes, findingsBy } from '../config/check-device.ts';
import { seededId, seededRandom } from '../session/seeded.ts';
import { readPlanFile } from '../state/plan-file.ts';
import type { TargetingContext } from '../update/rollouts/targeting-context.ts';
import type { FileCheck } from './load-plan.ts';

const text = line(limits.name);

/** A device to try flags on: each field is one that a rule may ask for. */
const profileSchema = v.object({
  device_id: v.exactOptional(text),
  product_family: v.exactOptional(segment),
  region: v.exactOptional(text),
  locale: v.exactOptional(text),
  channel: v.exactOptional(segment),
  app_version: v.exactOptional(text),
});

type Profile = v.InferOutput<typeof profileSchema>;

/** The device of a profile, or what is wrong with the file. */
export type ProfileFile =
  | { readonly context: TargetingContext; readonly check?: FileCheck }
  | { readonly context?: never; readonly check: FileCheck };

/** Reads a profile, if there is one; `check` has its warnings. */
export async function readProfile(
  file: string | undefined,
  defaults: { readonly plan: CheckedPlan; readonly seed: number },
): Promise<ProfileFile> {
  if (file === undefined) return { context: contextOf({}, defaults) };
  const read = await readPlanFile(file);
  if (!read.ok) return { check: { file, ok: false, diagnostics: [asDevice(read.diagnostic)] } };
  const { tree, ...said } = await checkBytes(read.bytes, (table) =>
    findingsBy(profileSchema, table),
  );
  const ok = said.diagnostics.every(({ severity }) => severity !== 'error');
  const check = { file, ok, ...said };
  if (!ok || tree === undefined) return { check };
  return { check, context: contextOf(v.parse(profileSchema, tree), defaults) };
}

/** What a profile leaves out is what a device has that nobody has touched yet. */
function contextOf(
  profile: Profile,
  { plan, seed }: { readonly plan: CheckedPlan; readonly seed: number },
): TargetingContext {
  return {
    targetingKey: profile.device_id ?? seededId(seededRandom(seed)),
    product_family: profile.product_family ?? plan.general.product_family,
    region: profile.region ?? DEFAULT_PREFERENCES.region,
    locale: profile.locale ?? DEFAULT_PREFERENCES.language,
    channel: profile.channel ?? 'stable',
    app_version: profile.app_version ?? appVersion(),
  };
}
