import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { HostEventBody } from '#shared';
import { execution } from '../src/renderer/testing/step-views.ts';
import { expect, FailureScreen } from '../src/testing/index.ts';
import { FAILED, PLUGIN, type ScriptedHost } from './scripted-host.ts';
import { KEYBOARD, LONG, MANY, STEPS, test, withStep, working } from './steps-scenes.ts';

// What technicians are told of steps, and how all of it looks to everybody, told by a scripted host.

const BROKEN = execution(
  withStep('extract', { status: 'failed', durationSeconds: 12, errorMessage: 'EOF in archive' }),
  { status: 'failed', error: { step: 'extract', message: 'EOF in archive' } },
);

/** The failure screen, with another code. */
function failedWith(code: string): HostEventBody {
  const { stage } = FAILED;
  return { type: 'stage.changed', stage: { ...stage, code } };
}

test('the details of work list every step with attempts, duration and last line', async ({
  host,
  page,
}) => {
  host.show(execution(STEPS));
  const { root } = working(page);
  await expect(root.locator('[data-facts=download]')).toBeHidden();
  await root.locator('summary').click();
  await expect(root.locator('[data-facts=download]')).toContainText('1 attempt');
  await expect(root.locator('[data-facts=download]')).toContainText('4.2s');
  await expect(root.locator('[data-facts=extract]')).toContainText('2 attempts');
  await expect(root.locator('[data-facts=extract]')).toContainText('120 of 214 files');
  await expect(root.locator('dl')).toContainText('e1');
});

test('the details of work come into view when they are opened', async ({ host, page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  host.show(execution(MANY));
  const { root } = working(page);
  await root.locator('summary').click();
  await expect(root.locator('[data-facts=s0]')).toBeInViewport({ ratio: 1 });
  await expect(root.locator('summary')).toBeInViewport({ ratio: 1 });
});

test('a failure names the step, and says that another try goes on from there', async ({
  host,
  page,
}) => {
  host.show(BROKEN);
  host.raise(FAILED);
  const failure = new FailureScreen(page);
  await expect(failure.root.locator('[data-part=step]')).toContainText('Unpack the archive');
  await expect(failure.root).toContainText('Trying again goes on from there.');
  await expect(failure.root.locator('[data-facts=extract]')).toBeHidden();
  await failure.retry();
  await expect.poll(() => host.commands).toEqual([{ type: 'failure.retry', plugin: PLUGIN }]);
});

test('the details of a failure have step, attempts, execution and duration', async ({
  host,
  page,
}) => {
  host.show(BROKEN);
  host.raise(FAILED);
  const { root } = new FailureScreen(page);
  await root.locator('summary').click();
  for (const text of ['step/command-failed', 'exit code 2', 'extract', 'e1', '1m 5s', 'Failed'])
    await expect(root.locator('dl')).toContainText(text);
  const facts = root.locator('[data-facts=extract]');
  for (const text of ['Did not work', '2 attempts', '12s', 'EOF in archive'])
    await expect(facts).toContainText(text);
});

test('a failure says what was wrong with the step, not that the plugin failed', async ({
  host,
  page,
}) => {
  const code = 'step/timeout';
  host.show({ ...BROKEN, error: { step: 'extract', message: 'too slow', code } });
  host.raise(failedWith('plugin/failed'));
  const { root } = new FailureScreen(page);
  await expect(root.locator('.stage-help')).toHaveText('A part of the setup took too long.');
  await root.locator('summary').click();
  await expect(root.locator('dl')).toContainText(code);
  await expect(root.locator('dl')).not.toContainText('plugin/failed');
});

test('work that somebody stopped is not called a failure', async ({ host, page }) => {
  host.show(execution(withStep('extract', { status: 'cancelled' }), { status: 'cancelled' }));
  host.raise(failedWith('plugin/cancelled'));
  const { root, title } = new FailureScreen(page);
  await expect(title).toHaveText('This part was stopped');
  await expect(root.locator('.stage-help')).toHaveText('Somebody stopped it before it was done.');
});

test('a failure hints at the details below the edge until they are seen', async ({
  host,
  page,
}) => {
  await page.setViewportSize({ width: 480, height: 320 });
  host.show(BROKEN);
  host.raise(FAILED);
  const { root } = new FailureScreen(page);
  const hint = root.locator('[data-part=more]');
  await expect(hint).toBeInViewport({ ratio: 1 });
  await root.locator('summary').scrollIntoViewIfNeeded();
  await expect(root.locator('summary')).toBeInViewport({ ratio: 1 });
  await expect(hint).toHaveCount(0);
});

/** Everything that a person can meet, by what tells that it is up. */
const SCENES: { readonly [selector: string]: (host: ScriptedHost) => void } = {
  '[data-step=s20]': (host) => host.show(execution(MANY)),
  '[data-part=work-notice]': (host) => host.show(execution(withStep('extract', { stalled: true }))),
  '[data-ask=question]': (host) => host.show(execution(STEPS, { questions: [KEYBOARD] })),
  '[data-ask=interrupted]': (host) =>
    host.show(execution(withStep('extract', { status: 'pending', interrupted: true }))),
  '[data-screen=failure]': (host) => {
    host.show(execution(withStep('extract', { status: 'failed', errorMessage: LONG.repeat(3) })));
    host.raise(FAILED);
  },
};
const LOOKS = [
  { language: 'en', colorScheme: 'light', textSize: 'normal', size: [1280, 800], strong: false },
  { language: 'de', colorScheme: 'dark', textSize: 'normal', size: [800, 1280], strong: false },
  { language: 'ar', colorScheme: 'light', textSize: 'larger', size: [480, 320], strong: true },
  { language: 'en-XA', colorScheme: 'dark', textSize: 'normal', size: [480, 320], strong: false },
  { language: 'ja', colorScheme: 'dark', textSize: 'large', size: [2560, 1440], strong: true },
] as const;

for (const { language, colorScheme, textSize, size, strong } of LOOKS) {
  test(`axe finds nothing, nothing is cut off, and buttons are large enough (${language}, ${colorScheme}, ${size.join(' x ')})`, async ({
    host,
    page,
  }) => {
    const [width, height] = size;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const rest = { region: 'US', reducedMotion: true, screenReader: true };
    host.raise({
      type: 'preferences.changed',
      preferences: { ...rest, language, colorScheme, textSize, highContrast: strong },
    });
    await expect(page.locator('html')).toHaveAttribute('data-color-scheme', colorScheme);
    for (const [selector, scene] of Object.entries(SCENES)) {
      scene(host);
      await expect(page.locator(selector)).toBeVisible();
      const details = page.locator('details:not([open]) summary');
      if ((await details.count()) > 0) await details.click();
      expect([selector, ...(await findings(page))]).toEqual([selector]);
      expect([selector, await measure(page)]).toEqual([
        selector,
        { sideways: 0, smallButtons: [] },
      ]);
    }
  });
}

/** Every rule of WCAG 2.2 AA that axe knows. */
async function findings(page: Page): Promise<readonly string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** What is wider than its place, and what is too small for a finger. */
function measure(page: Page) {
  return page.evaluate(() => {
    const wide = [document.documentElement, ...document.querySelectorAll('main *')]
      .filter((element) => getComputedStyle(element).display !== 'inline')
      .map((element) => element.scrollWidth - element.clientWidth);
    const small = [...document.querySelectorAll('main button, main summary')].filter(
      (element) => element.getBoundingClientRect().height < 48,
    );
    return {
      sideways: Math.max(...wide.filter((by) => by > 1), 0),
      smallButtons: small.map((element) => element.textContent),
    };
  });
}
