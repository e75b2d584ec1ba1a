import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, FailureScreen, StopScreen, test } from '../src/testing/index.ts';
import { answer, planOf, walkTo } from './walk.ts';

const AFTER_WELCOME = 'run_after_event_name = "WelcomeCompleted"';
const HEADLESS = `${AFTER_WELCOME}\nvisible_in_ui = false\nretries = 0\non_failure = "ask"`;

let plugins: string;
test.beforeEach(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'firstlight-plugins-'));
});
test.afterEach(() => rm(plugins, { recursive: true, force: true }));

/** The sample plugin that misbehaves, in the given way. */
async function misbehave(mode: string): Promise<void> {
  const root = join(plugins, 'misbehave');
  await cp(join(import.meta.dirname, '../plugins/misbehave'), root, { recursive: true });
  const file = join(root, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...manifest, misbehave: mode }));
}

test('a plugin that fails once is offered again, and Retry gets it done', async ({ setup }) => {
  await misbehave('fail-times:1');
  const run = await setup.start({
    planToml: planOf({ name: 'misbehave', rest: HEADLESS }),
    plugins,
  });
  await answer(run, 'welcome');
  await run.waitForScreen('failure');
  const failure = new FailureScreen(run.page);
  await expect(failure.root).toContainText('failure 1 of 1');
  await failure.retry();
  await run.waitForScreen('network');
  expect(run.trace()).toContainEqual(
    expect.objectContaining({
      type: 'plugin.completed',
      plugin: 'misbehave',
      outcome: 'completed',
    }),
  );
});

test('a plugin that keeps failing can be skipped, and says whom to ask', async ({ setup }) => {
  await misbehave('throw-in-run');
  const run = await setup.start({
    planToml: planOf({ name: 'misbehave', rest: HEADLESS }),
    plugins,
  });
  await answer(run, 'welcome');
  await run.waitForScreen('failure');
  const failure = new FailureScreen(run.page);
  await failure.root.locator('summary').click();
  for (const text of ['plugin/failed', 'no work today', 'Experience', 'operations@nova.example']) {
    await expect(failure.root).toContainText(text);
  }
  await failure.retry();
  await run.waitForScreen('failure');
  await failure.skip();
  await run.waitForScreen('network');
  expect(run.trace()).toContainEqual(
    expect.objectContaining({ type: 'plugin.completed', plugin: 'misbehave', outcome: 'skipped' }),
  );
});

for (const [mode, reason] of [
  ['crash-on-start', 'start-failed'],
  ['crash-in-run', 'crashed'],
  ['endless-output', 'timeout'],
  ['hang-in-run', 'timeout'],
] as const) {
  test(`a plugin that misbehaves (${mode}) is a failure that can be skipped`, async ({ setup }) => {
    await misbehave(mode);
    const rest = `${HEADLESS}\ntimeout_seconds = 2`;
    const run = await setup.start({ planToml: planOf({ name: 'misbehave', rest }), plugins });
    await answer(run, 'welcome');
    await run.waitForScreen('failure');
    expect(run.trace()).toContainEqual(
      expect.objectContaining({ type: 'plugin.failed', plugin: 'misbehave', reason }),
    );
    await new FailureScreen(run.page).skip();
    await run.waitForScreen('network');
  });
}

test('a plugin folder that is not there is a failure that can be skipped', async ({ setup }) => {
  const plan = planOf({ name: 'nobody', rest: `${AFTER_WELCOME}\nretries = 0` });
  const run = await setup.start({ planToml: plan, plugins });
  await answer(run, 'welcome');
  await run.waitForScreen('failure');
  await new FailureScreen(run.page).skip();
  await run.waitForScreen('network');
});

test('a plugin whose page goes elsewhere is a failure that can be skipped', async ({ setup }) => {
  const root = join(plugins, 'wanderer');
  await mkdir(join(root, 'web'), { recursive: true });
  const firstlight = { apiVersion: 1, main: 'index.js', web: 'web' };
  const manifest = { name: 'wanderer', version: '1.0.0', type: 'module', firstlight };
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(root, 'index.js'), 'export default {};');
  const page = '<!doctype html><title>w</title><script type="module" src="w.js"></script>';
  await writeFile(join(root, 'web/index.html'), page);
  await writeFile(
    join(root, 'web/w.js'),
    `import { firstlight } from '/firstlight-client.js';
     await firstlight.ready;
     location.href = 'nowhere.html';`,
  );
  const plan = planOf({ name: 'wanderer', rest: `${AFTER_WELCOME}\nretries = 0` });
  const run = await setup.start({ planToml: plan, plugins });
  await answer(run, 'welcome');
  await run.waitForScreen('failure');
  await new FailureScreen(run.page).skip();
  await run.waitForScreen('network');
});

test('on_failure = "stop" shows the stop screen; Retry goes on', async ({ setup }) => {
  await misbehave('fail-times:1');
  const rest = `${AFTER_WELCOME}\nvisible_in_ui = false\nretries = 0\non_failure = "stop"`;
  const run = await setup.start({ planToml: planOf({ name: 'misbehave', rest }), plugins });
  await answer(run, 'welcome');
  await run.waitForScreen('stop');
  await new StopScreen(run.page).action('retry').click();
  await run.waitForScreen('network');
});

test('the stop screen can begin setup anew, and the old one is recorded as stopped', async ({
  setup,
}) => {
  await misbehave('throw-in-run');
  const rest = `${AFTER_WELCOME}\nvisible_in_ui = false\nretries = 0\non_failure = "stop"`;
  const run = await setup.start({ planToml: planOf({ name: 'misbehave', rest }), plugins });
  await answer(run, 'welcome');
  await run.waitForScreen('stop');
  await new StopScreen(run.page).action('restart').click();
  await run.page.locator('dialog [data-action=restart]').click();
  await run.waitForScreen('welcome');
  const previous = await readFile(join(run.home, 'trace.jsonl.previous'), 'utf8');
  expect(previous.trim().split('\n').at(-1)).toContain('"outcome":"stopped"');
  expect(run.trace()[0]).toMatchObject({ seq: 1, type: 'plan.activated' });
});

test('a core plugin that fails offers Skip only where core.toml says so', async ({ setup }) => {
  const run = await setup.start({ fail: { core_provision: 'always' } });
  await walkTo(run, 'provision');
  await run.waitForScreen('failure');
  const failure = new FailureScreen(run.page);
  await expect(failure.action('retry')).toBeVisible();
  await expect(failure.action('skip')).toHaveCount(0);
});
