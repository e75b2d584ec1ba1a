import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  expect,
  FailureScreen,
  NetworkScreen,
  PluginScreen,
  test,
  type SetupRun,
} from '../src/testing/index.ts';
import { ROOT } from '../src/testing/app-process.ts';
import { startS3Server, type S3Server } from '../src/main/update/testing/s3-server.test-support.ts';
import { startFaultProxy } from '../src/main/update/sources/testing/fault-proxy.test-support.ts';
import { answer } from './walk.ts';

// A device that lay in a warehouse: it knows one plan and where newer ones are, in a bucket that
// anybody may read and nobody can forge.

const BUCKET = 'plans';
const run = promisify(execFile);

let work: string;
let s3: S3Server;

test.beforeAll(async () => {
  s3 = await startS3Server();
  await s3.makeBucket(BUCKET, { public: true });
});
test.afterAll(() => s3.stop());

test.beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'firstlight-signed-'));
  await firstlight('trust', 'init', join(work, 'keys'));
});
test.afterEach(() => rm(work, { recursive: true, force: true }));

/** The command line, as whoever publishes plans uses it. */
async function firstlight(...args: readonly string[]): Promise<void> {
  await run(process.execPath, [join(ROOT, 'out/main/cli.js'), ...args]);
}

/** Each test has a prefix of its own in the bucket. */
function prefix(): string {
  return test.info().testId;
}

function planText(revision: number, plugins: readonly string[] = []): string {
  const entries = plugins.map(
    (name, index) => `
[[plugins]]
name = "${name}"
plugin_route = "${name}"
version = "1.0.0"
plugin_location_type = "local"
plugin_base_path = "./"
retries = 0
run_after_event_name = "${index === 0 ? 'ExecutionPlanCompleted' : `Done${index - 1}`}"
completed_event_name = "Done${index}"
`,
  );
  return `[general]
product_family = "nova"
execution_plan_version = "1"
update_from = "s3"
update_path_root = "s3://${BUCKET}/${prefix()}"
revision = ${revision}
${entries.join('')}
[handoffs]
handoff_events = ["Done${plugins.length - 1}"]
`;
}

/** Makes a plugin with a screen that says who it is. */
async function makePlugin(name: string): Promise<void> {
  const root = join(work, 'plugins', name);
  await mkdir(join(root, 'web'), { recursive: true });
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    firstlight: { apiVersion: 1, main: 'index.js', web: 'web' },
  };
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(root, 'index.js'), 'export default { defaultAnswers: {} };\n');
  await writeFile(
    join(root, 'web/index.html'),
    `<!doctype html><html lang="en"><title>${name}</title><h1>This is ${name}</h1>
<button data-action="primary">Next</button><script type="module" src="screen.js"></script></html>`,
  );
  await writeFile(
    join(root, 'web/screen.js'),
    `import { firstlight } from '/firstlight-client.js';
await firstlight.ready;
document.querySelector('button').onclick = () => firstlight.complete({ seen: '${name}' });\n`,
  );
}

/** Signs a newer plan with two plugins that no device has, and copies it to the bucket as it is. */
async function publish(revision: number): Promise<void> {
  for (const name of ['tour', 'survey']) await makePlugin(name);
  const plan = join(work, 'newer.toml');
  await writeFile(plan, planText(revision, ['tour', 'survey']));
  const published = join(work, 'published');
  await firstlight(
    ...['publish', plan, '--to', published, '--keys', join(work, 'keys')],
    ...['--plugins', join(work, 'plugins')],
  );
  await s3.publish(published, BUCKET, prefix());
}

function device() {
  return {
    planToml: planText(1),
    deviceToml: `[s3]\nendpoint = "${s3.endpoint}"\n`,
    trust: join(work, 'keys'),
  };
}

async function connect(setup: SetupRun): Promise<void> {
  await answer(setup, 'welcome');
  await setup.waitForScreen('network');
  const network = new NetworkScreen(setup.page);
  await network.join('Corner Café');
  await expect(network.action('offline')).toHaveCount(0);
  await network.continue();
}

async function answerPlugin(setup: SetupRun, name: string): Promise<void> {
  await setup.waitForScreen(name);
  const { content } = new PluginScreen(setup.page, name);
  await expect(content.locator('h1')).toHaveText(`This is ${name}`);
  await content.locator('[data-action=primary]').click();
}

async function finish(setup: SetupRun): Promise<void> {
  for (const screen of ['terms', 'profile', 'provision', 'finish']) await answer(setup, screen);
  await setup.waitForScreen('finished');
  // The last line is written while the last screen is shown.
  await expect
    .poll(() => setup.trace().at(-1))
    .toMatchObject({ type: 'flow.finished', outcome: 'completed' });
}

const activated = (setup: SetupRun) =>
  setup.trace().filter(({ type }) => type === 'plan.activated');

test('takes a newer signed plan with two new plugins from S3, shows them and finishes', async ({
  setup,
}) => {
  await publish(5);
  const nova = await setup.start(device());
  await connect(nova);
  await answerPlugin(nova, 'tour');
  await answerPlugin(nova, 'survey');
  await finish(nova);
  expect(activated(nova)).toMatchObject([
    { revision: 1, source: 'base' },
    { revision: 5, source: 's3' },
  ]);
  expect(nova.log()).not.toContain('unsigned');
});

test('finishes on the plan it has when the server is gone', async ({ setup }) => {
  const nova = await setup.start({
    ...device(),
    deviceToml: '[s3]\nendpoint = "http://127.0.0.1:9"\n[transfer]\nretries = 0\n',
  });
  await connect(nova);
  await finish(nova);
  expect(activated(nova)).toHaveLength(1);
  expect(nova.trace()).toContainEqual(
    expect.objectContaining({ type: 'plan.update_failed', reason: 'unreachable' }),
  );
});

test('shows no plugin that was tampered with, and finishes without it', async ({ setup }) => {
  await publish(5);
  await spoil('survey');
  const nova = await setup.start(device());
  await connect(nova);
  await answerPlugin(nova, 'tour');
  await nova.waitForScreen('failure');
  expect(nova.trace()).toContainEqual(
    expect.objectContaining({ type: 'plugin.failed', plugin: 'survey', reason: 'wrong-digest' }),
  );
  await new FailureScreen(nova.page).skip();
  await finish(nova);
});

test('takes nothing that its root of trust does not vouch for', async ({ setup }) => {
  await publish(5);
  await firstlight('trust', 'init', join(work, 'other'));
  const nova = await setup.start({ ...device(), trust: join(work, 'other') });
  await connect(nova);
  await finish(nova);
  expect(activated(nova)).toHaveLength(1);
  expect(nova.trace()).toContainEqual(
    expect.objectContaining({ type: 'plan.update_failed', reason: 'untrusted' }),
  );
});

test('shows how far the download is of a plugin whose turn has come, and resumes a broken one', async ({
  setup,
}) => {
  await publish(5);
  const proxy = await startFaultProxy({ upstream: s3.endpoint });
  try {
    await proxy.setFault('stalled-body', { match: /tour\.tgz/ });
    const nova = await setup.start({
      ...device(),
      deviceToml: `[s3]\nendpoint = "${proxy.origin}"\n[transfer]\nstall_seconds = 2\n`,
    });
    await connect(nova);
    await nova.waitForScreen('working');
    const working = nova.page.locator('[data-screen="working"]');
    await expect(working).toContainText('Downloading');
    await expect(working).toContainText('%');
    await proxy.setFault(undefined);
    await answerPlugin(nova, 'tour');
    const resumed = proxy.log.filter(
      ({ path, headers }) => path.includes('tour.tgz') && headers.range !== undefined,
    );
    expect(resumed.length).toBeGreaterThan(0);
  } finally {
    await proxy.close();
  }
});

test('goes back to the last good plan when the app crashed twice on the newer one', async ({
  setup,
}) => {
  await publish(5);
  const nova = await setup.start(device());
  await connect(nova);
  for (let crash = 0; crash < 2; crash += 1) {
    await nova.waitForScreen('tour');
    await nova.kill();
    await nova.restart();
  }
  await finish(nova);
  expect(activated(nova)).toMatchObject([{ revision: 1 }, { revision: 5 }, { revision: 1 }]);
  expect(nova.trace()).toContainEqual(
    expect.objectContaining({ type: 'plan.update_failed', reason: 'trial-failed' }),
  );
});

/** Somebody with access to the bucket puts another archive in the place of a plugin's. */
async function spoil(name: string): Promise<void> {
  const folder = join(work, 'published', 'nova', '1', 'plugins');
  const files = await readdir(folder);
  const file = files.find((one) => one.endsWith(`.${name}.tgz`));
  const other = files.find((one) => one !== file);
  if (file === undefined || other === undefined) throw new Error(files.join());
  const bytes = await readFile(join(folder, other));
  await s3.put(BUCKET, `${prefix()}/nova/1/plugins/${file}`, bytes);
}
