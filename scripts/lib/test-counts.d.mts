export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
export const NO_TESTS: Counts;
export function countVitest(file: string, exitCode: number): Counts;
export function countPlaywright(file: string, exitCode: number): Counts;
export function summary(
  outcomes: readonly { readonly name: string; readonly counts: Counts; readonly seconds: number }[],
): string;
