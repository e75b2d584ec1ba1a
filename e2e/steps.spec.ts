import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';
import type { AuditEntry, ExecutionSummary, ExecutionView } from '#shared';
import { expect, FailureScreen, test, type SetupRun } from '../src/testing/index.ts';
import { answer, planOf } from './walk.ts';

// A plugin with steps on a real device: its own process, a real archive from a loopback server, real
// files in its data folder, and a real control API to look at it with.

const VISIBLE = `run_after_event_name = "WelcomeCompleted"
visible_in_ui = true
retries = 0
on_failure = "ask"`;
const API = '[api]\nenabled = true\n';

let folder: string;
let server: ArchiveServer;
test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-steps-'));
  server = await serveArchive(folder);
});
test.afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Serves one archive, whole, in halves, or not at all. */
interface ArchiveServer {
  readonly url: string;
  readonly sha256: string;
  /** How requests are answered from now on; `half` leaves the second half for `release`. */
  mode: 'whole' | 'half' | 'gone';
  /** Resolves when half of the archive has been asked for and sent. */
  readonly halfSent: Promise<void>;
  /** The `Range` of each request. */
  readonly requests: (string | undefined)[];
  /** Sends the halves that are missing. */
  release(): void;
  close(): void;
}

async function serveArchive(inFolder: string): Promise<ArchiveServer> {
  const content = path.join(inFolder, 'content/package');
  await mkdir(path.join(content, 'bin'), { recursive: true });
  await writeFile(path.join(content, 'bin/program'), '#!/bin/sh\necho works\n', { mode: 0o755 });
  await writeFile(path.join(content, 'data.bin'), Buffer.alloc(256 * 1024, 'x'));
  const file = path.join(inFolder, 'archive.tgz');
  // Not compressed much, so that a half of it is worth something.
  await tar.create({ file, gzip: { level: 0 }, cwd: path.dirname(content) }, ['package']);
  const bytes = await readFile(file);
  let half: () => void = () => undefined;
  const open = new Set<ServerResponse>();
  const held: ServerResponse[] = [];
  const state: ArchiveServer = {
    url: '',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    mode: 'whole',
    halfSent: new Promise((resolve) => (half = resolve)),
    requests: [],
    release: () => {
      for (const response of held) response.end(bytes.subarray(bytes.length / 2));
    },
    close: () => {
      for (const response of open) response.destroy();
      listening.close();
    },
  };
  const listening: Server = createServer((request, response) => {
    state.requests.push(request.headers.range);
    open.add(response);
    if (state.mode === 'gone') {
      response.writeHead(404).end();
      return;
    }
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = {
      'accept-ranges': 'bytes',
      etag: '"one"',
      'content-length': bytes.length - start,
    };
    const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(start === 0 ? 200 : 206, start === 0 ? headers : { ...headers, ...range });
    if (state.mode === 'whole') response.end(bytes.subarray(start));
    else {
      held.push(response);
      response.write(bytes.subarray(start, bytes.length / 2), half);
    }
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return Object.assign(state, { url: `http://127.0.0.1:${port}/runtime.tgz` });
}

/** The sample plugin, with this server's archive as the runtime that it installs, without automatic retries. */
async function pluginsFolder(): Promise<string> {
  const plugins = path.join(folder, 'plugins');
  const root = path.join(plugins, 'runtime-install');
  await cp(path.join(import.meta.dirname, '../plugins/runtime-install'), root, { recursive: true });
  const steps = path.join(root, 'steps.js');
  // Waits between attempts are the engine's business, and tested there.
  const text = await readFile(steps, 'utf8');
  await writeFile(steps, text.replace('maxAttempts: 5', 'maxAttempts: 1'));
  const answers = { name: 'demo', version: '1.0.0', program: 'bin/program' };
  const defaults = JSON.stringify({ ...answers, url: server.url, sha256: server.sha256 });
  await writeFile(
    path.join(root, 'index.js'),
    `import { runtimeSteps } from './steps.js';
     export default { defaultAnswers: ${defaults}, steps: (ctx) => runtimeSteps(ctx.device.language) };`,
  );
  return plugins;
}

const PLAN = planOf({ name: 'runtime-install', rest: VISIBLE });

/** What the control API of this device says. */
async function api<T>(run: SetupRun, route: string, method = 'GET'): Promise<T> {
  const file = await readFile(path.join(run.home, 'control-api.json'), 'utf8');
  const { url, token } = JSON.parse(file) as { readonly url: string; readonly token: string };
  const headers = { authorization: `Bearer ${token}` };
  const answered = await fetch(url + route, { method, headers });
  return (await answered.json()) as T;
}

async function execution(run: SetupRun): Promise<ExecutionView> {
  const executions = await api<readonly ExecutionSummary[]>(run, '/api/executions');
  expect(executions).toHaveLength(1);
  return api(run, `/api/executions/${executions[0]?.executionId ?? ''}`);
}

async function installed(run: SetupRun): Promise<string> {
  const current = path.join(run.home, 'plugin-data/runtime-install/current');
  await readlink(current);
  return readFile(path.join(current, 'bin/program'), 'utf8');
}

test('a plugin with steps shows them, and installs what it is for', async ({ setup }) => {
  server.mode = 'half';
  const run = await setup.start({
    planToml: PLAN,
    plugins: await pluginsFolder(),
    deviceToml: API,
  });
  await answer(run, 'welcome');
  await run.waitForScreen('working');
  await server.halfSent;
  const download = run.page.locator('[data-step="download"]');
  await expect(download).toHaveAttribute('data-status', 'running');
  await expect(run.page.locator('[data-step="check"]')).toHaveAttribute('data-status', 'completed');
  await expect(run.page.locator('[data-step="install"]')).toHaveAttribute('data-status', 'pending');
  const { status, steps } = await execution(run);
  expect([status, steps.length]).toEqual(['running', 6]);
  server.release();
  await run.waitForScreen('network');
  expect(await installed(run)).toContain('echo works');
  expect((await execution(run)).status).toBe('completed');
});

test('killed in the middle of a step, setup goes on in that step', async ({ setup }) => {
  server.mode = 'half';
  const run = await setup.start({
    planToml: PLAN,
    plugins: await pluginsFolder(),
    deviceToml: API,
  });
  await answer(run, 'welcome');
  await run.waitForScreen('working');
  await server.halfSent;
  await expect(run.page.locator('[data-step="download"]')).toHaveAttribute(
    'data-status',
    'running',
  );
  const before = await execution(run);
  server.mode = 'whole';
  await run.kill();
  await run.restart();
  await run.waitForScreen('network');
  expect(await installed(run)).toContain('echo works');
  const after = await execution(run);
  expect([after.executionId, after.status, after.progress]).toEqual([
    before.executionId,
    'completed',
    100,
  ]);
  const stepOf = (view: ExecutionView, name: string) =>
    view.steps.find((step) => step.name === name);
  // What was done before the power went was not done again.
  expect(stepOf(after, 'check')).toEqual(stepOf(before, 'check'));
  expect(server.requests.at(-1)).toMatch(/^bytes=[1-9]/);
});

test('a step that fails is named, and Retry goes on with it', async ({ setup }) => {
  server.mode = 'gone';
  const run = await setup.start({
    planToml: PLAN,
    plugins: await pluginsFolder(),
    deviceToml: API,
  });
  await answer(run, 'welcome');
  await run.waitForScreen('failure');
  const failed = await execution(run);
  expect([failed.status, failed.error?.step]).toEqual(['failed', 'download']);
  const failure = new FailureScreen(run.page);
  await failure.root.locator('summary').click();
  await expect(failure.root).toContainText('404');
  server.mode = 'whole';
  await failure.retry();
  await run.waitForScreen('network');
  expect(await installed(run)).toContain('echo works');
  const done = await execution(run);
  expect([done.executionId, done.status]).toEqual([failed.executionId, 'completed']);
  expect(done.steps.find(({ name }) => name === 'check')?.attempts).toBe(1);
});

test('steps that changed while setup was off are not gone on with before a person agrees', async ({
  setup,
}) => {
  server.mode = 'half';
  const plugins = await pluginsFolder();
  const run = await setup.start({ planToml: PLAN, plugins, deviceToml: API });
  await answer(run, 'welcome');
  await run.waitForScreen('working');
  await server.halfSent;
  await expect(run.page.locator('[data-step="download"]')).toHaveAttribute(
    'data-status',
    'running',
  );
  await run.kill();
  const steps = path.join(plugins, 'runtime-install/steps.js');
  const text = await readFile(steps, 'utf8');
  await writeFile(steps, text.replace('timeoutSeconds: 1800', 'timeoutSeconds: 1900'));
  server.mode = 'whole';
  await run.restart();
  await run.page.locator('[data-action="answer-start-over"]').click();
  await run.waitForScreen('network');
  expect(await installed(run)).toContain('echo works');
  const executions = await api<readonly ExecutionSummary[]>(run, '/api/executions');
  expect(executions.map(({ status }) => status)).toEqual(['completed', 'cancelled']);
});

test('what somebody stops through the control API has failed, and is not begun again by itself', async ({
  setup,
}) => {
  server.mode = 'half';
  const plan = PLAN.replace('retries = 0', 'retries = 5');
  const run = await setup.start({
    planToml: plan,
    plugins: await pluginsFolder(),
    deviceToml: API,
  });
  await answer(run, 'welcome');
  await run.waitForScreen('working');
  await server.halfSent;
  const { executionId } = await execution(run);
  await api(run, `/api/executions/${executionId}/stop`, 'POST');
  await run.waitForScreen('failure');
  const failures = run.trace().filter(({ type }) => type === 'plugin.failed');
  expect(failures).toEqual([expect.objectContaining({ reason: 'cancelled', attempt: 1 })]);
  const audit = await api<readonly AuditEntry[]>(run, `/api/executions/${executionId}/audit`);
  expect(audit.map(({ action, actor }) => [action, actor.who])).toEqual([
    ['start', 'flow'],
    ['stop', 'api'],
  ]);
  server.mode = 'whole';
  await new FailureScreen(run.page).retry();
  await run.waitForScreen('network');
  expect((await execution(run)).status).toBe('completed');
});
