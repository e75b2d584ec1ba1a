import type { Frame } from '@playwright/test';
import { expect, PluginScreen, TermsScreen, test, WelcomeScreen } from '../src/testing/index.ts';
import type { SetupRun } from '../src/testing/index.ts';

// What the page of a plugin can reach: its own plugin, through the app, and nothing else.

/** Goes on to the screen of the plugin `settings`, and gives the frame that its page is in. */
async function toSettings(run: SetupRun): Promise<Frame> {
  await new WelcomeScreen(run.page).continue();
  await new TermsScreen(run.page).accept();
  await run.waitForScreen('settings');
  await new PluginScreen(run.page, 'settings').content.locator('h1').waitFor();
  const frame = run.page.frames().find((each) => each.parentFrame() !== null);
  if (frame === undefined) throw new Error('the plugin has no frame');
  return frame;
}

/** What a script of the page gets: `reached`, or the name of the error. */
function attempt(frame: Frame, script: string): Promise<string> {
  return frame.evaluate(`(async () => { ${script} })().then(() => 'reached', (e) => e.name)`);
}

test('the page of a plugin is on an origin of its own', async ({ setup }) => {
  const run = await setup.start({ device: { wired: true } });
  const frame = await toSettings(run);
  expect(new URL(frame.url()).origin).not.toBe(new URL(run.page.url()).origin);
  expect(new URL(frame.url()).hostname).toContain('settings');
});

test('the page of a plugin cannot reach into the app', async ({ setup }) => {
  const run = await setup.start({ device: { wired: true } });
  const frame = await toSettings(run);
  for (const script of [
    'parent.document.title',
    'top.location.href',
    'parent.sessionStorage.length',
    'parent.firstlight.send({ type: "setup.restart" })',
  ])
    expect(await attempt(frame, script), script).toBe('SecurityError');
});

test('the page of a plugin can connect to nothing', async ({ setup }) => {
  const run = await setup.start({ device: { wired: true } });
  const frame = await toSettings(run);
  const app = new URL(run.page.url()).origin;
  for (const address of [`${app}/api/plugins`, `${app}/`, 'http://127.0.0.1:9/', frame.url()])
    expect(await attempt(frame, `await fetch(${JSON.stringify(address)})`), address).toBe(
      'TypeError',
    );
});

test('the page of a plugin cannot leave for another site', async ({ setup }) => {
  const run = await setup.start({ device: { wired: true } });
  const frame = await toSettings(run);
  const before = run.page.url();
  expect(await attempt(frame, 'top.location.href = "http://127.0.0.1:9/"')).toBe('SecurityError');
  expect(await attempt(frame, 'if (open("http://127.0.0.1:9/") === null) throw new Error()')).toBe(
    'Error',
  );
  expect(run.page.url()).toBe(before);
  await run.waitForScreen('settings');
});
