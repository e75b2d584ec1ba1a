import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countPlaywright, countVitest, summary } from './test-counts.mjs';

function reportFile(content: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'firstlight-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('the count of tests', () => {
  it('is what Vitest reports', () => {
    const file = reportFile({ numPassedTests: 7, numFailedTests: 1, numPendingTests: 2 });
    expect(countVitest(file, 1)).toEqual({ passed: 7, failed: 1, skipped: 2 });
  });

  it('is what Playwright reports, with a flaky test for a failed one', () => {
    const file = reportFile({ stats: { expected: 5, unexpected: 0, flaky: 1, skipped: 4 } });
    expect(countPlaywright(file, 0)).toEqual({ passed: 5, failed: 1, skipped: 4 });
  });

  it('has a failure where a run failed without a failed test', () => {
    const file = reportFile({ numPassedTests: 7, numFailedTests: 0 });
    expect(countVitest(file, 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
  });

  it('has a failure where a run ended without a report', () => {
    expect(countPlaywright('/nowhere/report.json', 1)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });
});

describe('the summary', () => {
  it('is a table, and last a line for tools', () => {
    expect(
      summary([
        { name: 'types', counts: { passed: 1, failed: 0, skipped: 0 }, seconds: 4.21 },
        { name: 'unit', counts: { passed: 120, failed: 2, skipped: 3 }, seconds: 11 },
      ]),
    ).toBe(
      [
        'types  ok        1 passed  0 failed  0 skipped   4.2 s',
        'unit   FAILED  120 passed  2 failed  3 skipped  11.0 s',
        '',
        '121 passed, 2 failed, 3 skipped',
      ].join('\n'),
    );
  });
});
