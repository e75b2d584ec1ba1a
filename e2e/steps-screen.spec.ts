import type { StepView } from '#shared';
import { execution, step } from '../src/renderer/testing/step-views.ts';
import { expect } from '../src/testing/index.ts';
import { EXTRACT, MANY, STEPS, test, withStep, working } from './steps-scenes.ts';

// What a person sees of steps, told by a scripted host: no plugin runs here. The renderer and the
// web server are the real ones.

test.describe('the list of steps', () => {
  test('says in words how each one stands, and what the one at work is at', async ({
    host,
    page,
  }) => {
    host.show(execution(STEPS));
    const screen = working(page);
    await expect(screen.title).toHaveText('Runtime environment');
    await expect(screen.step('check')).toContainText('Already done');
    await expect(screen.step('download')).toContainText('Done');
    await expect(screen.step('install')).toContainText('Waiting');
    const current = screen.root.locator('[aria-current=step]');
    await expect(current).toHaveCount(1);
    for (const text of [
      'Unpack the archive',
      'In progress, 62%',
      'Trying again (attempt 2)',
      '120 of 214 files',
    ]) {
      await expect(current).toContainText(text);
    }
  });

  test('says why a step waits for its next attempt, and which that is', async ({ host, page }) => {
    host.show(
      execution(
        withStep('extract', {
          status: 'pending',
          attempts: 1,
          errorMessage: 'no answer from host',
        }),
      ),
    );
    const current = working(page).root.locator('[aria-current=step]');
    await expect(current).toHaveAttribute('data-step', 'extract');
    for (const text of ['Tries again soon', 'Next: attempt 2', 'no answer from host'])
      await expect(current).toContainText(text);
  });

  test('follows what the host tells', async ({ host, page }) => {
    host.show(execution(STEPS));
    const screen = working(page);
    await expect(screen.step('install')).toHaveAttribute('data-status', 'pending');
    host.show(execution(withStep('install', { status: 'failed' })));
    await expect(screen.step('install')).toContainText('Did not work');
  });

  test('shows of the items of a step how many are done, and those at work', async ({
    host,
    page,
  }) => {
    const item = (index: number, rest: Partial<StepView>) =>
      step(`models[${index}]`, { partOf: 'models', ...rest });
    host.show(
      execution([
        step('models', { status: 'running', attempts: 1 }),
        ...[0, 1, 2].map((index) => item(index, { status: 'completed' })),
        item(3, { status: 'running', attempts: 1 }),
        ...[4, 5, 6, 7].map((index) => item(index, {})),
      ]),
    );
    const screen = working(page);
    await expect(screen.step('models')).toContainText('3 of 8');
    await expect(screen.step('models[3]')).toHaveAttribute('aria-current', 'step');
    await expect(screen.step('models').locator('[data-step]')).toHaveCount(1);
  });

  test('is left out where there is only one step', async ({ host, page }) => {
    host.show(execution([EXTRACT]));
    const screen = working(page);
    await expect(screen.root).toContainText('120 of 214 files');
    await expect(screen.bar).toHaveAttribute('aria-valuenow', '62');
    await expect(screen.step('extract')).toHaveCount(0);
  });

  test('has the next attempt and its reason where there is only one step', async ({
    host,
    page,
  }) => {
    const waits = { status: 'pending', attempts: 1, errorMessage: 'no answer from host' } as const;
    host.show(execution([{ ...EXTRACT, ...waits }]));
    const { root } = working(page);
    await expect(root.getByRole('status')).toHaveText('Next: attempt 2');
    await expect(root).toContainText('no answer from host');
  });

  for (const [width, height] of [
    [480, 320],
    [800, 1280],
  ] as const) {
    test(`keeps title, bar and the step at work in view, thirty steps long (${width} x ${height})`, async ({
      host,
      page,
    }) => {
      await page.setViewportSize({ width, height });
      host.show(execution(MANY));
      const screen = working(page);
      await expect(screen.title).toBeInViewport({ ratio: 1 });
      await expect(screen.bar).toBeInViewport({ ratio: 1 });
      await expect(screen.step('s20').locator('.step-state')).toBeInViewport();
      host.show(
        execution(
          MANY.map((it) => (it.name === 's29' ? { ...it, status: 'running' as const } : it)).map(
            (it) => (it.name === 's20' ? { ...it, status: 'completed' as const } : it),
          ),
        ),
      );
      await expect(screen.step('s29').locator('.step-state')).toBeInViewport();
      await expect(screen.bar).toBeInViewport({ ratio: 1 });
    });
  }

  test('can be scrolled by keyboard', async ({ host, page }) => {
    await page.setViewportSize({ width: 480, height: 320 });
    host.show(execution(MANY));
    const list = page.getByRole('group', { name: 'Steps of this part' });
    await list.focus();
    await page.keyboard.press('Home');
    await expect(working(page).step('s0')).toBeInViewport();
  });
});

test.describe('how far it is', () => {
  test('never goes back, whatever the host says', async ({ host, page }) => {
    host.show(execution(STEPS, { progress: 60 }));
    const { bar, root } = working(page);
    await expect(bar).toHaveAttribute('aria-valuenow', '60');
    host.show(execution(withStep('install', { status: 'running' }), { progress: 35 }));
    await expect(root.locator('[data-step=install]')).toHaveAttribute('data-status', 'running');
    await expect(bar).toHaveAttribute('aria-valuenow', '60');
  });

  test('begins anew with another execution', async ({ host, page }) => {
    host.show(execution(STEPS, { progress: 60 }));
    const { bar } = working(page);
    await expect(bar).toHaveAttribute('aria-valuenow', '60');
    host.show(execution(STEPS, { executionId: 'e2', progress: 5 }));
    await expect(bar).toHaveAttribute('aria-valuenow', '5');
  });

  test('tells the time since the start, second by second, and reads none of it out', async ({
    host,
    page,
  }) => {
    await page.clock.install({ time: new Date('2026-01-01T10:01:05.000Z') });
    await page.reload();
    host.show(execution(STEPS));
    const { elapsed, announced } = working(page);
    await expect(elapsed).toHaveText('Elapsed: 01:05');
    await page.clock.runFor(3_000);
    await expect(elapsed).toHaveText('Elapsed: 01:08');
    await expect(elapsed).toHaveAttribute('role', 'timer');
    await expect(announced).not.toContainText('Elapsed');
  });

  test('announces the step that began last, one at a time', async ({ host, page }) => {
    host.show(execution(STEPS));
    const { announced } = working(page);
    await expect(announced).toContainText('Unpack the archive');
    host.show(
      execution(withStep('install', { status: 'running', startedAt: '2026-01-02T00:00:00Z' })),
    );
    await expect(announced).toHaveText('In progress: \u2068Do install\u2069');
  });

  test('names a step that has gone quiet', async ({ host, page }) => {
    host.show(execution(withStep('extract', { stalled: true })));
    const { notice, announced } = working(page);
    await expect(notice).toContainText('No news from “\u2068Unpack the archive\u2069”');
    await expect(announced).toContainText('No news from');
    host.show(execution(STEPS));
    await expect(notice).toHaveCount(0);
  });

  test('says why everything stands still', async ({ host, page }) => {
    host.show(execution(STEPS, { status: 'paused', reason: 'disk-full' }));
    const { notice } = working(page);
    await expect(notice).toContainText('The storage of the device is full.');
    host.show(execution(STEPS, { status: 'paused' }));
    await expect(notice).toContainText('Setup is paused.');
  });
});
