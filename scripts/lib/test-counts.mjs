// @ts-check
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts} */
export const NO_TESTS = { passed: 0, failed: 0, skipped: 0 };

/**
 * What Vitest's JSON report says. A run that failed without a failed test (a crash, an unhandled
 * error, no report at all) counts as one failure, so that it can never look like success.
 * @param {string} file @param {number} exitCode @returns {Counts}
 */
export function countVitest(file, exitCode) {
  const report = readReport(file);
  const counts = {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
  return orFailure(counts, exitCode);
}

/**
 * What Playwright's JSON report says. A test that passed at its second try is a failure here.
 * @param {string} file @param {number} exitCode @returns {Counts}
 */
export function countPlaywright(file, exitCode) {
  const stats = readReport(file)?.stats;
  const counts = {
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    skipped: stats?.skipped ?? 0,
  };
  return orFailure(counts, exitCode);
}

/** @param {string} file @returns {any} */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** @param {Counts} counts @param {number} exitCode @returns {Counts} */
function orFailure(counts, exitCode) {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * A table of stages, and last the line that tools read: `N passed, N failed, N skipped`.
 * @param {readonly { name: string, counts: Counts, seconds: number }[]} outcomes
 * @returns {string}
 */
export function summary(outcomes) {
  const rows = outcomes.map(({ name, counts, seconds }) => [
    name,
    counts.failed === 0 ? 'ok' : 'FAILED',
    `${counts.passed} passed`,
    `${counts.failed} failed`,
    `${counts.skipped} skipped`,
    `${seconds.toFixed(1)} s`,
  ]);
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const total = outcomes.reduce(
    (sum, { counts }) => ({
      passed: sum.passed + counts.passed,
      failed: sum.failed + counts.failed,
      skipped: sum.skipped + counts.skipped,
    }),
    NO_TESTS,
  );
  const last = `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`;
  return [...lines, '', last].join('\n');
}
