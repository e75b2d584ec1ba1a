import AxeBuilder from '@axe-core/playwright';
import { expect, NetworkScreen, test, WelcomeScreen } from '../src/testing/index.ts';

test('setup begins on the welcome screen and goes on to the network', async ({ setup }) => {
  const run = await setup.start();
  await run.waitForScreen('welcome');
  await new WelcomeScreen(run.page).continue();
  await run.waitForScreen('network');
  await run.waitForEvent('WelcomeCompleted');
  expect(run).toHaveVisited(['core_welcome', 'core_wifi']);
});

test('a killed setup comes back on the screen where it was', async ({ setup }) => {
  const run = await setup.start();
  await new WelcomeScreen(run.page).continue();
  await run.waitForScreen('network');
  await run.kill();
  await run.restart();
  await run.waitForScreen('network');
  await new NetworkScreen(run.page).back();
  await run.waitForScreen('welcome');
});

test('the first screen has nothing that axe would complain about', async ({ setup }) => {
  const run = await setup.start();
  await run.waitForScreen('welcome');
  const { violations } = await new AxeBuilder({ page: run.page }).analyze();
  expect(violations).toEqual([]);
});

test('Ctrl-C ends the app, with the exit code that says so', async ({ setup }) => {
  const run = await setup.start();
  await run.waitForScreen('welcome');
  expect(await run.stop()).toBe(130);
});
