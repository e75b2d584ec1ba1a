import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  expect,
  NetworkScreen,
  PluginScreen,
  ProfileScreen,
  test,
  WelcomeScreen,
} from '../src/testing/index.ts';
import { answer, walkTo } from './walk.ts';

test('the base plan runs from the first screen to the last, core to plugins and back', async ({
  setup,
}) => {
  const run = await setup.start();
  await walkTo(run, 'finish');
  await answer(run, 'finish');
  await run.waitForScreen('finished');
  expect(run).toHaveVisited([
    'core_welcome',
    'core_wifi',
    'core_execution_plan',
    'core_terms',
    'settings',
    'howto',
    'core_login',
    'tutorial',
    'core_provision',
    'core_finish',
  ]);
  // The last line is written while the last screen is shown.
  await expect
    .poll(() => run.trace().at(-1))
    .toMatchObject({ type: 'flow.finished', outcome: 'completed' });
  const trace = run.trace();
  expect(trace.flatMap((it) => (it.type === 'handoff' ? [it.event] : []))).toEqual([
    'HowtoCompleted',
    'TutorialCompleted',
  ]);
  expect(trace).toContainEqual(
    expect.objectContaining({
      type: 'plugin.completed',
      plugin: 'inventory',
      outcome: 'completed',
    }),
  );
});

test('what a person chose is applied to the device, the password only as a hash', async ({
  setup,
}) => {
  const run = await setup.start();
  const welcome = new WelcomeScreen(run.page);
  await welcome.chooseLanguage('de');
  await welcome.chooseRegion('AT');
  await walkTo(run, 'profile');
  await new ProfileScreen(run.page).create({
    fullName: 'Ada Lovelace',
    userName: 'ada',
    password: 'an engine of brass',
  });
  await answer(run, 'tutorial');
  await answer(run, 'provision');
  await run.waitForScreen('finish');
  const settings = await readFile(join(run.home, 'device-settings.json'), 'utf8');
  expect(JSON.parse(settings)).toMatchObject({
    language: 'de',
    region: 'AT',
    user: { fullName: 'Ada Lovelace', userName: 'ada' },
  });
  expect(settings).toContain('scrypt$');
  const journal = await readFile(join(run.home, 'session.jsonl'), 'utf8');
  expect(settings + journal + run.log()).not.toContain('engine of brass');
});

test('a wrong Wi-Fi password is said to be wrong, and the right one connects', async ({
  setup,
}) => {
  const run = await setup.start();
  await answer(run, 'welcome');
  await run.waitForScreen('network');
  const network = new NetworkScreen(run.page);
  await network.join('Firstlight Home', 'not the password');
  await expect(network.joining.field('password')).toHaveAttribute('aria-invalid', 'true');
  await network.joining.field('password').fill('firstlight');
  await network.joining.continue();
  await run.waitForScreen('network');
  await expect(network.network('Firstlight Home')).toBeVisible();
  await network.continue();
  await run.waitForScreen('terms');
});

test('a working cable makes the network screen needless', async ({ setup }) => {
  const run = await setup.start({ device: { wired: true } });
  await answer(run, 'welcome');
  await run.waitForScreen('terms');
  expect(run.trace()).toContainEqual(
    expect.objectContaining({ type: 'plugin.completed', plugin: 'core_wifi', outcome: 'skipped' }),
  );
});

test('Back shows an earlier screen with its answers, and leads forward again', async ({
  setup,
}) => {
  const run = await setup.start();
  await walkTo(run, 'howto');
  await new PluginScreen(run.page, 'howto').content.locator('[data-action=back]').click();
  await run.waitForScreen('settings');
  const name = new PluginScreen(run.page, 'settings').content.locator('[name=deviceName]');
  await expect(name).toHaveValue('Nova');
  await answer(run, 'settings');
  await answer(run, 'howto');
  await run.waitForScreen('profile');
  const settings = run
    .trace()
    .filter((it) => it.type === 'plugin.completed' && it.plugin === 'settings');
  expect(settings).toHaveLength(1);
});

test('a plugin answers its routes over HTTP while it is up, for whoever has the token', async ({
  setup,
  shell,
}) => {
  test.skip(shell === 'electron', 'The HTTP interface belongs to the browser shell.');
  const run = await setup.start();
  await walkTo(run, 'settings');
  const origin = new URL(run.page.url()).origin;
  const token = run.log().match(/token=(\S+)/)?.[1] ?? '';
  const headers = { authorization: `Bearer ${token}` };
  const route = `${origin}/api/plugins/settings/suggest-name`;
  const given = await fetch(route, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ language: 'en' }),
  });
  expect([given.status, await given.json()]).toEqual([200, { name: expect.any(String) }]);
  expect((await fetch(route, { method: 'POST' })).status).toBe(401);
});
