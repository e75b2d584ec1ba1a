import { describeDiagnostic } from '../plan/code-frame.ts';
import { loadCore, loadPlan, type FileCheck } from './load-plan.ts';
import { EXIT, type Output } from './output.ts';

/**
 * `firstlight plan check FILE...`: says all that is wrong with each file. The exit code is 0 without
 * errors, 1 with (plan contract, section 2); warnings do not count.
 */
export async function planCheck(
  files: readonly string[],
  { json, output }: { readonly json: boolean; readonly output: Output },
): Promise<number> {
  const checks = await checkAll(files);
  if (json) output.out(JSON.stringify({ files: checks.map(forTools) }, undefined, 2));
  else for (const check of checks) showCheck(check, output);
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.problems;
}

async function checkAll(files: readonly string[]): Promise<readonly FileCheck[]> {
  const { core, failed } = await loadCore();
  // Without a core sequence no plan can be judged.
  if (core === undefined) return [failed];
  const checks: FileCheck[] = [];
  for (const file of files) checks.push(await loadPlan(file, core));
  return checks;
}

function forTools({ file, ok, diagnostics }: FileCheck): object {
  return { file, ok, diagnostics };
}

/** Writes the findings of one file, each with its lines, and a line that sums up. */
export function showCheck({ file, text, diagnostics }: FileCheck, { out, paint }: Output): void {
  for (const diagnostic of diagnostics) {
    out(`${describeDiagnostic({ file, text, diagnostic, paint })}\n`);
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const counts = [
    ...(errors > 0 ? [paint('error', count(errors, 'error'))] : []),
    ...(warnings > 0 ? [paint('warning', count(warnings, 'warning'))] : []),
  ];
  out(`${file}: ${counts.length === 0 ? 'no problems' : counts.join(', ')}`);
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
