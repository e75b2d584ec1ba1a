// The app's own way from files to a checked plan: the core sequence, then the plan, every rule applied.
import { checkCore, checkPlan } from '../../src/main/plan/check.ts';
import { readPlanFile } from '../../src/main/state/plan-file.ts';

export async function load(planPath, corePath) {
  const coreFile = await readPlanFile(corePath);
  const { core } = await checkCore({ file: corePath, bytes: coreFile.bytes });
  const file = await readPlanFile(planPath);
  const { plan, diagnostics } = await checkPlan({ file: planPath, bytes: file.bytes, core });
  return diagnostics.length === 0 ? plan.plugins.length : -1;
}
