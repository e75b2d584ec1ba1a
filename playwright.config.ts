import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/find-chromium.mjs';
import type { ShellFixtureOptions } from './src/testing/index.ts';

const chromium = findChromium();
export default defineConfig<ShellFixtureOptions>({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One browser and one host each: more than two at once only slow each other down on two cores.
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: chromium === undefined ? {} : { executablePath: chromium },
  },
  projects: [
    { name: 'browser', use: { shell: 'browser' } },
    // Listed as skipped, with the reason, where Electron's binary is not to be had.
    { name: 'electron', use: { shell: 'electron' } },
  ],
});
