import AxeBuilder from '@axe-core/playwright';
import { expect, test, WelcomeScreen, type SetupRun } from '../src/testing/index.ts';
import { answer, BASE_SCREENS, planOf } from './walk.ts';

/** Every rule of WCAG 2.2 AA that axe knows, frames of plugins included. */
async function findings(run: SetupRun): Promise<readonly string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page: run.page }).withTags(tags).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen of the base plan (${colorScheme})`, async ({ setup }) => {
    const run = await setup.start();
    await run.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const screen of BASE_SCREENS) {
      await run.waitForScreen(screen);
      expect([screen, ...(await findings(run))]).toEqual([screen]);
      await answer(run, screen);
    }
    await run.waitForScreen('finished');
    expect(await findings(run)).toEqual([]);
  });
}

test('axe finds nothing in Arabic, on a small screen, with high contrast and large text', async ({
  setup,
}) => {
  const run = await setup.start();
  await run.page.setViewportSize({ width: 480, height: 320 });
  await new WelcomeScreen(run.page).chooseLanguage('ar');
  await expect(run.page.locator('html')).toHaveAttribute('dir', 'rtl');
  await run.page.locator('[name=highContrast]').check({ force: true });
  for (const screen of BASE_SCREENS) {
    await run.waitForScreen(screen);
    expect([screen, ...(await findings(run))]).toEqual([screen]);
    await answer(run, screen);
  }
});

test('axe finds nothing on the failure and stop screens', async ({ setup }) => {
  const rest = 'run_after_event_name = "WelcomeCompleted"\nretries = 0\non_failure = ';
  for (const [policy, screen] of [
    ['"ask"', 'failure'],
    ['"stop"', 'stop'],
  ] as const) {
    const run = await setup.start({ planToml: planOf({ name: 'nobody', rest: rest + policy }) });
    await answer(run, 'welcome');
    await run.waitForScreen(screen);
    expect([screen, ...(await findings(run))]).toEqual([screen]);
  }
});

test('no screen scrolls sideways, and the primary action is in view, from small to large', async ({
  setup,
}) => {
  const run = await setup.start();
  for (const screen of BASE_SCREENS) {
    await run.waitForScreen(screen);
    for (const [width, height] of [
      [480, 320],
      [1080, 1920],
      [3840, 2160],
      [1280, 800],
    ] as const) {
      await run.page.setViewportSize({ width, height });
      const overflow = await run.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([screen, width, overflow]).toEqual([screen, width, 0]);
    }
    await answer(run, screen);
  }
});
