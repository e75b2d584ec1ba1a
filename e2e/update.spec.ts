import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, NetworkScreen, test, type SetupRun } from '../src/testing/index.ts';
import { answer } from './walk.ts';

let source: string;
test.beforeEach(async () => {
  source = await mkdtemp(join(tmpdir(), 'firstlight-source-'));
});
test.afterEach(() => rm(source, { recursive: true, force: true }));

function plan(options: {
  readonly revision: number;
  readonly family?: string;
  readonly plugin?: string;
}): string {
  const { revision, family = 'nova', plugin } = options;
  return `[general]
product_family = "${family}"
execution_plan_version = "1"
update_from = "local"
update_path_root = "${source}"
revision = ${revision}
${
  plugin === undefined
    ? ''
    : `
[[plugins]]
name = "${plugin}"
plugin_route = "${plugin}"
version = "1.0.0"
plugin_location_type = "local"
plugin_base_path = "./"
run_after_event_name = "ExecutionPlanCompleted"
completed_event_name = "PluginDone"

[handoffs]
handoff_events = ["PluginDone"]
`
}`;
}

async function publish(text: string): Promise<void> {
  const folder = join(source, 'nova', '1');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'execution_plan.toml'), text);
}

async function connect(run: SetupRun): Promise<void> {
  await answer(run, 'welcome');
  await run.waitForScreen('network');
  const network = new NetworkScreen(run.page);
  await network.join('Corner Café');
  await expect(network.action('offline')).toHaveCount(0);
  await network.continue();
}

test('once online, a newer plan from the folder is in force, and its plugin is shown', async ({
  setup,
}) => {
  await publish(plan({ revision: 5, plugin: 'howto' }));
  const run = await setup.start({ planToml: plan({ revision: 1 }) });
  await connect(run);
  await answer(run, 'howto');
  await run.waitForScreen('terms');
  expect(run.trace().filter(({ type }) => type === 'plan.activated')).toMatchObject([
    { revision: 1, source: 'base' },
    { revision: 5, source: 'local' },
  ]);
});

test('an accepted plan is the one that the next setup begins with', async ({ setup }) => {
  await publish(plan({ revision: 5, plugin: 'howto' }));
  const run = await setup.start({ planToml: plan({ revision: 1 }) });
  await connect(run);
  await run.waitForScreen('howto');
  await run.kill();
  await rm(join(run.home, 'session.jsonl'));
  await rm(join(run.home, 'trace.jsonl'));
  await run.restart();
  await run.waitForScreen('welcome');
  expect(run.trace()[0]).toMatchObject({ type: 'plan.activated', revision: 5, source: 'cached' });
});

for (const [what, candidate, reason] of [
  ['with errors', () => '[general]\nproduct_family = "nova"\n', 'invalid'],
  ['that is no TOML', () => 'this is not = = toml', 'invalid'],
  ['for another product', () => plan({ revision: 9, family: 'other' }), 'wrong-product'],
  ['of a lower revision', () => plan({ revision: 0, plugin: 'howto' }), 'rollback'],
  ['over the size limit', () => `# ${'x'.repeat(1024 * 1024)}\n`, 'too-large'],
] as const) {
  test(`a plan ${what} is refused as ${reason}, and setup goes on with the one it has`, async ({
    setup,
  }) => {
    await publish(candidate());
    const run = await setup.start({ planToml: plan({ revision: 1 }) });
    await connect(run);
    await run.waitForScreen('terms');
    expect(run.trace().filter(({ type }) => type === 'plan.update_failed')).toMatchObject([
      { reason },
    ]);
    expect(run.trace().filter(({ type }) => type === 'plan.activated')).toHaveLength(1);
  });
}

test('makes room at its start: what no plan needs is not kept beyond the limit', async ({
  setup,
}) => {
  const home = join(source, 'home');
  const unneeded = join(home, 'cache', 'plugins', 'ab'.repeat(32));
  await mkdir(unneeded, { recursive: true });
  await writeFile(join(unneeded, 'data.bin'), new Uint8Array(2 * 1024 * 1024));
  await setup.start({
    home,
    planToml: plan({ revision: 1 }),
    deviceToml: '[store]\nmax_mib = 1\n',
  });
  await expect.poll(() => existsSync(unneeded)).toBe(false);
});
