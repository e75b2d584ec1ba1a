import type { Page } from '@playwright/test';
import { expect, test } from '../src/testing/index.ts';
import { BASE_SCREENS } from './walk.ts';

/** Presses Tab until the control has the focus, as somebody without a pointer does. */
async function tabTo(page: Page, attribute: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await focusMatches(page, attribute)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reaches ${attribute}`);
}

/** Does what has the focus, in whatever frame, match the selector? */
async function focusMatches(page: Page, selector: string): Promise<boolean> {
  for (const frame of page.frames()) {
    const matches = await frame.evaluate((given) => {
      const { activeElement } = document;
      return activeElement?.tagName !== 'IFRAME' && (activeElement?.matches(given) ?? false);
    }, selector);
    if (matches && (await frame.evaluate(() => document.hasFocus()))) return true;
  }
  return false;
}

/** What somebody types on each screen after moving to the control. */
const KEYS: { readonly [screen: string]: (page: Page) => Promise<void> } = {
  network: async (page) => {
    await tabTo(page, '[data-action=offline]');
    await page.keyboard.press('Enter');
  },
  terms: async (page) => {
    await tabTo(page, '[name=accepted]');
    await page.keyboard.press('Space');
    await primary(page);
  },
  settings: async (page) => {
    await tabTo(page, '[name=deviceName]');
    await page.keyboard.type('Nova');
    await primary(page);
  },
  howto: async (page) => {
    for (let shown = 0; shown < 3; shown += 1) await primary(page);
  },
  profile: async (page) => {
    await tabTo(page, '[name=fullName]');
    await page.keyboard.type('Ada Lovelace');
    await page.keyboard.press('Enter');
  },
};

async function primary(page: Page): Promise<void> {
  await tabTo(page, '[data-action=primary]');
  await page.keyboard.press('Enter');
}

test('the whole setup can be done with the keyboard alone', async ({ setup }) => {
  const run = await setup.start();
  for (const screen of BASE_SCREENS) {
    await run.waitForScreen(screen);
    await (KEYS[screen] ?? primary)(run.page);
  }
  await run.waitForScreen('finished');
});

test('the focus is on the title of each new screen, and on nothing behind it', async ({
  setup,
}) => {
  const run = await setup.start();
  for (const screen of BASE_SCREENS) {
    await run.waitForScreen(screen);
    await expect.poll(() => focusMatches(run.page, 'h1')).toBe(true);
    await (KEYS[screen] ?? primary)(run.page);
  }
});
