import type { Locator, Page } from '@playwright/test';
import type { ExecutionQuestion, StepView } from '#shared';
import { step } from '../src/renderer/testing/step-views.ts';
import { expect, Screen, test as base } from '../src/testing/index.ts';
import { startScriptedHost, type ScriptedHost } from './scripted-host.ts';

/** Playwright's `test` with a page that shows what a scripted host tells. */
export const test = base.extend<{ readonly host: ScriptedHost }>({
  host: async ({ shell, page }, use, testInfo) => {
    testInfo.skip(
      shell === 'electron',
      'The scripted host is a web server: only browsers reach it.',
    );
    const host = await startScriptedHost();
    await page.goto(host.address);
    await use(host);
    await host.stop();
    expect(host.bugs).toEqual([]);
  },
});

const CHECK = step('check', { status: 'skipped', reason: 'check' });
const DOWNLOAD = step('download', {
  status: 'completed',
  attempts: 1,
  durationSeconds: 4.2,
});
export const EXTRACT = step('extract', {
  description: 'Unpack the archive',
  status: 'running',
  attempts: 2,
  percent: 62,
  message: '120 of 214 files',
});
const INSTALL = step('install');
export const STEPS = [CHECK, DOWNLOAD, EXTRACT, INSTALL];

export const LONG =
  'Download and check every voice model that belongs to the languages of this device';

export const MANY = Array.from({ length: 30 }, (_, index) => {
  const status = index < 20 ? 'completed' : index === 20 ? 'running' : 'pending';
  return step(`s${index}`, { description: `${LONG} (${index})`, status });
});

export const OVERWRITE: ExecutionQuestion = {
  id: 'q1',
  stepName: 'extract',
  class: 'overwrite',
  text: 'There is an older runtime. Replace it?',
  actions: [
    { id: 'keep', label: 'Keep the old one' },
    { id: 'replace', label: 'Replace it' },
  ],
  default: 'replace',
};
export const KEYBOARD: ExecutionQuestion = {
  id: 'q2',
  stepName: 'extract',
  class: 'keyboard',
  text: 'Which keyboard is on this device?',
  actions: ['de', 'en', 'fr', 'ja'].map((id) => ({ id, label: `Layout ${id}` })),
  default: 'en',
};

/** The working screen, where steps are at work, by its stable names. */
class StepsScreen extends Screen {
  readonly bar: Locator;
  readonly elapsed: Locator;
  /** Why nothing seems to happen. */
  readonly notice: Locator;
  /** What is read out. */
  readonly announced: Locator;

  constructor(page: Page) {
    super(page, 'working');
    this.bar = this.root.getByRole('progressbar');
    this.elapsed = this.root.locator('[data-part=elapsed]');
    this.notice = this.root.locator('[data-part=work-notice]');
    this.announced = page.locator('[data-part=announcer]');
  }
  step(name: string): Locator {
    return this.root.locator(`[data-step="${name}"]`);
  }
}

export function working(page: Page): StepsScreen {
  return new StepsScreen(page);
}

/** `STEPS` with one of them otherwise. */
export function withStep(name: string, rest: Partial<StepView>): readonly StepView[] {
  return STEPS.map((it) => (it.name === name ? { ...it, ...rest } : it));
}
