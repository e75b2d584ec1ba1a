import { readFileSync } from 'node:fs';
import type { CheckedCore, PlanSource } from '#shared';
import { checkCore, checkPlan } from '../../plan/check.ts';
import { digestOf } from '../../state/plan-file.ts';
import type { CheckCandidate } from '../check-candidate.ts';
import type { LoadedPlan } from '../update-port.ts';

/** What a test plan differs in. */
export interface PlanTraits {
  readonly revision?: number;
  readonly family?: string;
  readonly version?: string;
  readonly from?: string;
  readonly root?: string;
  /** Makes the text another one, and nothing else. */
  readonly note?: string;
}

/** The text of a small plan without findings. */
export function planText(traits: PlanTraits = {}): string {
  const {
    revision = 1,
    family = 'kiosk',
    version = '1.0',
    from = 'local',
    root = 'plans',
  } = traits;
  return `# ${traits.note ?? 'a plan'}
[general]
product_family = ${JSON.stringify(family)}
execution_plan_version = ${JSON.stringify(version)}
update_from = ${JSON.stringify(from)}
update_path_root = ${JSON.stringify(root)}
revision = ${revision}
`;
}

/** The real checker, with the core sequence that ships with the app. */
export const check: CheckCandidate = async (bytes, file) =>
  checkPlan({ bytes, file, core: await shippedCore() });

/** A plan as it is after it was read and checked. */
export async function loadedPlan(
  traits: PlanTraits = {},
  source: PlanSource = 'base',
): Promise<LoadedPlan> {
  const text = planText(traits);
  const bytes = Buffer.from(text);
  const { plan, diagnostics } = await check(bytes, 'plan.toml');
  if (plan === undefined) throw new Error(JSON.stringify(diagnostics));
  return { plan, text, digest: digestOf(bytes), source };
}

let core: Promise<CheckedCore> | undefined;

function shippedCore(): Promise<CheckedCore> {
  core ??= readCore();
  return core;
}

async function readCore(): Promise<CheckedCore> {
  const file = new URL('../../../../resources/core.toml', import.meta.url);
  const checked = await checkCore({ file: 'core.toml', bytes: readFileSync(file) });
  if (checked.core === undefined) throw new Error(JSON.stringify(checked.diagnostics));
  return checked.core;
}
