import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginScreen, test } from '../src/testing/index.ts';
import { answer, planOf } from './walk.ts';

// What the app owes the page of a plugin while a person uses it.

let plugins: string;
test.beforeEach(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'firstlight-plugins-'));
});
test.afterEach(() => rm(plugins, { recursive: true, force: true }));

/**
 * A plugin with one button, which completes the screen. Its page is then busy for a second within
 * the same event, as one is whose process the machine does not let run: time enough for the next screen.
 */
async function slowpoke(): Promise<void> {
  const web = join(plugins, 'slowpoke/web');
  await mkdir(web, { recursive: true });
  const firstlight = { apiVersion: 1, main: 'index.js', web: 'web' };
  const manifest = { name: 'slowpoke', version: '1.0.0', type: 'module', firstlight };
  await writeFile(join(plugins, 'slowpoke/package.json'), JSON.stringify(manifest));
  await writeFile(join(plugins, 'slowpoke/index.js'), 'export default {};');
  await writeFile(
    join(web, 'index.html'),
    `<!doctype html><title>s</title><button disabled>Continue</button>
     <script type="module" src="s.js"></script>`,
  );
  await writeFile(
    join(web, 's.js'),
    `import { firstlight } from '/firstlight-client.js';
     await firstlight.ready;
     const button = document.querySelector('button');
     button.disabled = false;
     button.addEventListener('click', async () => {
       void firstlight.complete();
       // Whatever the client does in promises of its own comes before the wait, in the same event.
       for (let turn = 0; turn < 20; turn += 1) await undefined;
       const begun = performance.now();
       while (performance.now() - begun < 1_000);
     });`,
  );
}

for (const [how, press] of [
  ['click', ({ content }: PluginScreen) => content.locator('button').click({ timeout: 10_000 })],
  [
    'key press',
    ({ content }: PluginScreen) => content.locator('button').press('Enter', { timeout: 10_000 }),
  ],
] as const) {
  test(`the ${how} that ends the screen of a slow plugin is handled to its end`, async ({
    setup,
  }) => {
    await slowpoke();
    const rest = 'run_after_event_name = "WelcomeCompleted"';
    const run = await setup.start({ planToml: planOf({ name: 'slowpoke', rest }), plugins });
    await answer(run, 'welcome');
    await run.waitForScreen('slowpoke');
    // Would not return if the page were taken away before the browser is through with its event.
    await press(new PluginScreen(run.page, 'slowpoke'));
    await run.waitForScreen('network');
  });
}
