import AxeBuilder from '@axe-core/playwright';
import { expect, FinishScreen, NetworkScreen, test, WelcomeScreen } from '../src/testing/index.ts';

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

const ONLY_FINISH = `
[[plugins]]
name = "core_finish"
plugin_route = "finish"
builtin = "finish"
completed_event_name = "SetupCompleted"
version = "1.0.0"
`;
const NO_PLUGINS = `
[general]
product_family = "nothing-more"
execution_plan_version = "1.0"
update_from = "local"
update_path_root = "./updates"
`;

test('the app says that setup is complete, and leaves a moment later', async ({ setup }) => {
  const run = await setup.start({
    coreToml: ONLY_FINISH,
    planToml: NO_PLUGINS,
    endsWhenComplete: true,
  });
  await new FinishScreen(run.page).continue();
  await run.waitForScreen('finished');
  expect(await run.ended()).toBe(0);
  expect(run.log()).toContain('Setup is complete.\n');
});
