import type { Failure } from '#shared';
import { EXIT, type Output } from './output.ts';

/** Says on standard error what failed and what to do, and gives the exit code. */
export function showFailure({ code, message, hint }: Failure, { err }: Output): number {
  err(`${code}: ${message}`);
  if (hint !== undefined) err(`  Hint: ${hint}`);
  return EXIT.problems;
}
