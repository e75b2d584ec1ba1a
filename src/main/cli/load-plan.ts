import { join } from 'node:path';
import type { CheckedCore } from '#shared';
import { checkCore, checkPlan, type PlanCheck } from '../plan/check.ts';
import { resourcesFolder } from '../resources.ts';
import { readPlanFile } from '../state/plan-file.ts';

/** What a file came to: the checker's words, whether or not there was a file. */
export type FileCheck = Omit<PlanCheck, 'plan'>;

/** The app's own core sequence, or the check that says what is wrong with it. */
export type CoreFile =
  | { readonly core: CheckedCore; readonly failed?: never }
  | { readonly core?: never; readonly failed: FileCheck };

/** Reads and checks the core sequence that every plan runs with. */
export async function loadCore(): Promise<CoreFile> {
  const file = join(resourcesFolder(), 'core.toml');
  const read = await readPlanFile(file);
  if (!read.ok) return { failed: unreadable(file, read) };
  const { core, ...check } = await checkCore({ file, bytes: read.bytes });
  return core === undefined ? { failed: check } : { core };
}

/** Reads and checks one plan; the digest is that of its bytes, where there are any. */
export async function loadPlan(
  file: string,
  core: CheckedCore,
): Promise<PlanCheck & { readonly digest?: string }> {
  const read = await readPlanFile(file);
  if (!read.ok) return unreadable(file, read);
  return { ...(await checkPlan({ file, bytes: read.bytes, core })), digest: read.digest };
}

function unreadable(
  file: string,
  { diagnostic }: Extract<Awaited<ReturnType<typeof readPlanFile>>, { ok: false }>,
): FileCheck {
  return { file, ok: false, diagnostics: [diagnostic] };
}
