import { join, resolve } from 'node:path';
import type { CheckedCore, Diagnostic, Failure } from '#shared';
import { checkCore, checkPlan } from './plan/check.ts';
import { resourcesFolder } from './resources.ts';
import type { ShellOptions } from './shell-options.ts';
import { readPlanFile } from './state/plan-file.ts';
import type { LoadedPlan } from './update/update-port.ts';

/** A plan or core sequence with errors, and whether the person named it on the command line. */
export interface BadFile {
  readonly failure: Failure;
  readonly isNamed: boolean;
}

/** What an app is built on: both files checked. */
export interface AppFiles {
  readonly core: CheckedCore;
  readonly base: LoadedPlan;
  readonly planFile: string;
}

/** Reads and checks the core sequence and the base plan: those of the app, or of the command line. */
export async function loadAppFiles(options: ShellOptions): Promise<AppFiles | BadFile> {
  const coreFile = resolve(options.core ?? join(resourcesFolder(), 'core.toml'));
  const planFile = resolve(options.plan ?? join(resourcesFolder(), 'execution_plan.toml'));
  const readCore = await readPlanFile(coreFile);
  const checkedCore = readCore.ok
    ? await checkCore({ file: coreFile, bytes: readCore.bytes })
    : { diagnostics: [readCore.diagnostic], core: undefined };
  const { core } = checkedCore;
  if (core === undefined)
    return badFile(coreFile, checkedCore.diagnostics, options.core !== undefined);

  const read = await readPlanFile(planFile);
  const checked = read.ok
    ? await checkPlan({ file: planFile, bytes: read.bytes, core })
    : { diagnostics: [read.diagnostic], plan: undefined, text: undefined };
  const { plan, text } = checked;
  if (plan === undefined || text === undefined || !read.ok)
    return badFile(planFile, checked.diagnostics, options.plan !== undefined);
  return { core, planFile, base: { plan, text, digest: read.digest, source: 'base' } };
}

/** The first error in one line, and how to see the others. */
function badFile(file: string, diagnostics: readonly Diagnostic[], isNamed: boolean): BadFile {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const where = first === undefined ? file : `${file}:${first.line}:${first.column}`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return {
    isNamed,
    failure: {
      code: 'shell/no-plan',
      message: `${where}: ${first?.message ?? 'it cannot be used'}${more}.`,
      hint: `See: npx firstlight plan check ${file}`,
    },
  };
}
