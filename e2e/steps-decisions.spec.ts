import { execution } from '../src/renderer/testing/step-views.ts';
import { expect, Screen } from '../src/testing/index.ts';
import { PLUGIN } from './scripted-host.ts';
import { KEYBOARD, OVERWRITE, STEPS, test, withStep, working } from './steps-scenes.ts';

// What steps ask a person, told by a scripted host.

test.describe('a question', () => {
  test('takes the focus, and its default is the primary answer', async ({ host, page }) => {
    host.show(execution(STEPS));
    const screen = working(page);
    await screen.step('extract').waitFor();
    host.show(execution(STEPS, { questions: [OVERWRITE] }));
    await expect(screen.title).toContainText(OVERWRITE.text);
    await expect(screen.title).toBeFocused();
    await expect(screen.action('answer-replace')).toHaveClass(/button-primary/);
    await expect(screen.bar).toHaveAttribute('aria-valuenow', '40');
  });

  test('is answered by keyboard; then the next one is asked, then the list is back', async ({
    host,
    page,
  }) => {
    host.show(execution(STEPS, { questions: [OVERWRITE, KEYBOARD] }));
    const screen = working(page);
    await expect(screen.title).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(screen.action('answer-keep')).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(screen.action('answer-replace')).toBeFocused();
    await page.keyboard.press('Enter');
    const answer = { type: 'question.answer', plugin: PLUGIN };
    await expect
      .poll(() => host.commands)
      .toEqual([{ ...answer, questionId: 'q1', action: 'replace' }]);

    host.show(execution(STEPS, { questions: [KEYBOARD] }));
    await expect(screen.title).toContainText(KEYBOARD.text);
    await expect(screen.title).toBeFocused();
    await screen.action('answer-fr').click();
    await expect
      .poll(() => host.commands.at(-1))
      .toEqual({ ...answer, questionId: 'q2', action: 'fr' });

    host.show(execution(STEPS));
    await expect(screen.step('extract')).toBeVisible();
  });

  test('can be answered again where the answer did not get through', async ({ host, page }) => {
    host.answer = () =>
      Promise.resolve({ ok: false, failure: { code: 'bridge/failed', message: '' } });
    host.show(execution(STEPS, { questions: [OVERWRITE] }));
    const screen = working(page);
    await screen.action('answer-keep').click();
    await expect(screen.root.getByRole('alert')).toContainText('That did not work.');
    await screen.action('answer-keep').click();
    await expect.poll(() => host.commands.length).toBe(2);
  });

  test('of work in the background is asked beside another screen, whose focus stays', async ({
    host,
    page,
  }) => {
    host.raise({
      type: 'stage.changed',
      stage: { kind: 'core', plugin: 'p', route: 'profile', builtin: 'profile', canGoBack: true },
    });
    const profile = new Screen(page, 'profile');
    await profile.field('fullName').fill('Ada');
    host.show(execution(STEPS, { questions: [OVERWRITE] }));
    const banner = profile.root.locator('[data-ask=question]');
    await expect(banner).toContainText(OVERWRITE.text);
    await expect(profile.field('fullName')).toBeFocused();
    await banner.locator('[data-action=answer-keep]').click();
    await expect.poll(() => host.commands.at(-1)).toMatchObject({ action: 'keep' });
    host.show(execution(STEPS));
    await expect(banner).toHaveCount(0);
    await expect(profile.field('fullName')).toHaveValue('Ada');
  });
});

test.describe('an interrupted step', () => {
  const INTERRUPTED = execution(withStep('extract', { status: 'pending', interrupted: true }), {
    status: 'interrupted',
  });

  for (const [action, type] of [
    ['retry', 'step.retry'],
    ['skip', 'step.skip'],
  ] as const) {
    test(`is explained, and ${action} is what a person can decide`, async ({ host, page }) => {
      host.show(INTERRUPTED);
      const screen = working(page);
      await expect(screen.title).toHaveText(
        'Power was lost during “\u2068Unpack the archive\u2069”',
      );
      await expect(screen.title).toBeFocused();
      await screen.action(action).click();
      await expect.poll(() => host.commands).toEqual([{ type, plugin: PLUGIN, step: 'extract' }]);
    });
  }
});
