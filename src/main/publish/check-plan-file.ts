import path from 'node:path';
import type { CheckedCore } from '#shared';
import { checkCore, checkPlan, type PlanCheck } from '../plan/check.ts';
import { resourcesFolder } from '../resources.ts';
import { readPlanFile } from '../state/plan-file.ts';

/** A checked plan; without `core` it is the app's own core sequence that cannot be used. */
export interface CheckedFile {
  readonly check: PlanCheck;
  readonly core?: CheckedCore;
  /** What was judged; absent where it could not be read. */
  readonly bytes?: Uint8Array;
}

/** Reads and checks a plan with the core sequence that ships with the app. */
export async function checkPlanFile(file: string): Promise<CheckedFile> {
  const coreFile = path.join(resourcesFolder(), 'core.toml');
  const readCore = await readPlanFile(coreFile);
  if (!readCore.ok) return { check: unreadable(coreFile, readCore.diagnostic) };
  const { core, ...coreCheck } = await checkCore({ file: coreFile, bytes: readCore.bytes });
  if (core === undefined) return { check: coreCheck };
  const read = await readPlanFile(file);
  if (!read.ok) return { check: unreadable(file, read.diagnostic), core };
  const check = await checkPlan({ file, bytes: read.bytes, core });
  return { check, core, bytes: read.bytes };
}

function unreadable(file: string, diagnostic: PlanCheck['diagnostics'][number]): PlanCheck {
  return { file, ok: false, diagnostics: [diagnostic] };
}
