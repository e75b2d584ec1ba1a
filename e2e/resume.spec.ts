import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, PluginScreen, ProfileScreen, test } from '../src/testing/index.ts';
import { answer, BASE_SCREENS, walkTo } from './walk.ts';

/** What is on the disk of a setup, drafts included. */
function journalOf(home: string): Promise<string> {
  return readFile(join(home, 'session.jsonl'), 'utf8');
}

for (const screen of BASE_SCREENS) {
  test(`killed at ${screen}, setup comes back at ${screen} and goes on to the end`, async ({
    setup,
  }) => {
    const run = await setup.start();
    await walkTo(run, screen);
    await run.kill();
    await run.restart();
    for (const next of BASE_SCREENS.slice(BASE_SCREENS.indexOf(screen))) await answer(run, next);
    await run.waitForScreen('finished');
    const trace = run.trace();
    expect(trace.map(({ seq }) => seq)).toEqual(trace.map((_, index) => index + 1));
    const started = trace.flatMap((it) => (it.type === 'plugin.started' ? [it.plugin] : []));
    expect(started).toEqual([...new Set(started)]);
  });
}

test('what was typed is there again after a power cut, but no password', async ({ setup }) => {
  const run = await setup.start();
  await walkTo(run, 'profile');
  const profile = new ProfileScreen(run.page);
  await profile.field('fullName').fill('Ada Lovelace');
  await profile.field('password').fill('an engine of brass');
  await expect.poll(() => journalOf(run.home)).toContain('Ada Lovelace');
  await run.kill();
  await run.restart();
  await run.waitForScreen('profile');
  await expect(profile.field('fullName')).toHaveValue('Ada Lovelace');
  await expect(profile.field('password')).toHaveValue('');
});

test("what was typed into a plugin's screen is there again after a power cut", async ({
  setup,
}) => {
  const run = await setup.start();
  await walkTo(run, 'settings');
  const { content } = new PluginScreen(run.page, 'settings');
  const name = content.locator('[name=deviceName]');
  await expect(content.locator('h1')).not.toBeEmpty();
  await name.fill('Half a na');
  await expect.poll(() => journalOf(run.home)).toContain('Half a na');
  await run.kill();
  await run.restart();
  await run.waitForScreen('settings');
  await expect(name).toHaveValue('Half a na');
});

test('a torn last record of the journal costs nothing but that record', async ({ setup }) => {
  const run = await setup.start();
  await walkTo(run, 'terms');
  await run.kill();
  const journal = join(run.home, 'session.jsonl');
  const { size } = await stat(journal);
  await truncate(journal, size - 3);
  await run.restart();
  // The answers before are there, whichever record was the last one.
  await run.waitForScreen('terms');
  await answer(run, 'terms');
  await run.waitForScreen('settings');
});

test('a damaged journal is set aside, and setup starts over with a notice', async ({ setup }) => {
  const run = await setup.start();
  await walkTo(run, 'terms');
  await run.kill();
  await writeFile(join(run.home, 'session.jsonl'), 'this is\nno journal\nat all\n');
  await run.restart();
  await run.waitForScreen('welcome');
  await expect(run.page.locator('[data-notice]')).toBeVisible();
  expect(await readdir(run.home)).toContain('session.jsonl.damaged-1');
});

test('after a finished setup, a new one begins', async ({ setup }) => {
  const run = await setup.start();
  await walkTo(run, 'finish');
  await answer(run, 'finish');
  await run.waitForScreen('finished');
  await run.stop();
  await run.restart();
  await run.waitForScreen('welcome');
});
