import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TraceRecord } from '#shared';
import { processLives } from '../plugins/plugin-rig.test-support.ts';
import { runCli } from './testing/run-cli.test-support.ts';

const CLI = path.join(import.meta.dirname, 'main.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-run-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly trace: readonly TraceRecord[];
}

/** Runs `firstlight plan run FILE ...` as a person would, the trace on standard output. */
function run(file: string, ...options: readonly string[]): Promise<Ran> {
  const home = path.join(folder, 'home');
  const args = [CLI, 'plan', 'run', file, '--home', home, '--trace', '-', ...options];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const lines = stdout.split('\n').filter((line) => line !== '');
        resolve({
          code: error === null ? 0 : Number(error.code),
          stdout,
          stderr,
          trace: lines.map((line) => JSON.parse(line) as TraceRecord),
        });
      },
    );
  });
}

async function planFile(
  body: string,
  options: { readonly name?: string; readonly revision?: number } = {},
): Promise<string> {
  const file = path.join(folder, options.name ?? 'plan.toml');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(
    file,
    `[general]
product_family = "nova"
execution_plan_version = "1"
update_from = "local"
update_path_root = "./plans"
revision = ${options.revision ?? 0}
${body}`,
  );
  return file;
}

function pluginTable(name: string, rest: string): string {
  return `
[[plugins]]
name = "${name}"
plugin_route = "${name}"
version = "1.0.0"
plugin_location_type = "local"
plugin_base_path = "./"
${rest}
`;
}

/** A real plugin whose work is the given body. */
async function realPlugin(name: string, run: string, permissions = {}): Promise<void> {
  const root = path.join(folder, 'plugins', name);
  await mkdir(root, { recursive: true });
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    firstlight: { apiVersion: 1, main: 'index.js', permissions },
  };
  await writeFile(path.join(root, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(root, 'index.js'), `export default { async run(ctx) { ${run} } };`);
}

const completedOf = ({ trace }: Ran, plugin: string) =>
  trace.find((record) => record.type === 'plugin.completed' && record.plugin === plugin);
const headlessAfterWelcome = 'visible_in_ui = false\nrun_after_event_name = "WelcomeCompleted"\n';

describe('plan run --simulate', () => {
  it('shows every screen, core ones too, and completes', async () => {
    const file = await planFile(pluginTable('form', 'run_after_event_name = "TermsCompleted"'));
    const ran = await run(file, '--simulate');
    expect(ran.code).toBe(0);
    const shown = ran.trace.flatMap((record) =>
      record.type === 'screen.shown' ? [record.plugin] : [],
    );
    expect(shown).toEqual([
      'core_welcome',
      'core_wifi',
      'core_execution_plan',
      'core_terms',
      'form',
      'core_login',
      'core_provision',
      'core_finish',
    ]);
  });

  it('is byte for byte repeatable with one seed in any home, flags and failures included', async () => {
    const file = await planFile(
      `${pluginTable('form', 'run_after_event_name = "TermsCompleted"\nwhen_flag = "tour"')}
[flags.tour]
state = "ENABLED"
defaultVariant = "off"
variants = { on = true, off = false }
targeting = { fractional = [["on", 50], ["off", 50]] }
`,
    );
    const first = await run(file, '--simulate', '--seed', '7', '--fail', 'form:1');
    // A home with an id of its own, as a real run leaves one.
    await run(await planFile('', { name: 'other.toml' }), '--headless');
    const second = await run(file, '--simulate', '--seed', '7', '--fail', 'form:1');
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    expect(first.trace.some(({ type }) => type === 'flag.evaluated')).toBe(true);
  });

  it('looks for no plugin, and keeps nothing in the home', async () => {
    const file = await planFile(pluginTable('nowhere', headlessAfterWelcome));
    const ran = await run(file, '--simulate');
    expect(completedOf(ran, 'nowhere')).toMatchObject({ outcome: 'completed' });
    await expect(readdir(path.join(folder, 'home'))).rejects.toThrow('ENOENT');
  });

  it('runs 3,000 plugins in seconds', async () => {
    const chain = Array.from({ length: 3000 }, (_, index) =>
      pluginTable(
        `p${index}`,
        `visible_in_ui = false
run_after_event_name = "${index === 0 ? 'WelcomeCompleted' : `E${index - 1}`}"
completed_event_name = "E${index}"`,
      ),
    );
    const started = performance.now();
    const ran = await run(await planFile(chain.join('')), '--simulate');
    expect(ran.code).toBe(0);
    expect(completedOf(ran, 'p2999')).toMatchObject({ outcome: 'completed' });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('plan run --headless', () => {
  it('runs real plugin processes with answers from the file, and numbers the trace', async () => {
    await realPlugin('job', 'await ctx.storage.set("seen", ctx.answers);');
    const file = await planFile(pluginTable('job', 'run_after_event_name = "WelcomeCompleted"'));
    await writeFile(path.join(folder, 'answers.toml'), '[job]\ncolour = "green"\n');
    const ran = await run(file, '--headless', '--plugins', 'plugins', '--answers', 'answers.toml');
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.trace.map(({ seq }) => seq)).toEqual(ran.trace.map((_, index) => index + 1));
    expect(completedOf(ran, 'job')).toMatchObject({ outcome: 'completed' });
    expect(ran.trace.at(-1)).toMatchObject({ type: 'flow.finished', outcome: 'completed' });
  });

  it('gives a plugin without a screen its default answers, or those from the file', async () => {
    const root = path.join(folder, 'plugins', 'job');
    await realPlugin('job', 'throw new Error(JSON.stringify(ctx.answers));');
    const code = await readFile(path.join(root, 'index.js'), 'utf8');
    await writeFile(
      path.join(root, 'index.js'),
      code.replace('default {', 'default { defaultAnswers: { a: 1 },'),
    );
    const file = await planFile(pluginTable('job', `${headlessAfterWelcome}retries = 0`));
    const messageOf = ({ trace }: Ran) =>
      trace.flatMap((record) => (record.type === 'plugin.failed' ? [record.message] : []));
    const byDefault = await run(file, '--headless', '--plugins', 'plugins');
    expect(messageOf(byDefault)).toEqual(['Plugin "job": {"a":1}']);
    await writeFile(path.join(folder, 'answers.toml'), '[job]\nb = 2\n');
    const given = await run(
      file,
      '--headless',
      '--plugins',
      'plugins',
      '--answers',
      'answers.toml',
    );
    expect(messageOf(given)).toEqual(['Plugin "job": {"b":2}']);
  });

  it('says on standard error what plugins warn of, and keeps it in the log', async () => {
    await realPlugin('job', 'ctx.log.info("quiet");');
    const file = await planFile(pluginTable('job', headlessAfterWelcome).replace('1.0.0', '7.7.7'));
    const ran = await run(file, '--headless', '--plugins', 'plugins');
    const warning = 'the plan names version 7.7.7, but the package is version 1.0.0';
    expect(ran.stderr).toBe(`job: ${warning}\n`);
    const log = await readFile(path.join(folder, 'home', 'firstlight.log'), 'utf8');
    expect(log).toContain(warning);
    expect(log).toContain('quiet');
  });

  it('opens the root of trust to no plugin', async () => {
    await runCli(folder, ['trust', 'init', 'keys']);
    const keys = path.join(folder, 'keys');
    await realPlugin('job', '', { files: [keys] });
    const file = await planFile(pluginTable('job', headlessAfterWelcome));
    const ran = await run(file, '--headless', '--plugins', 'plugins', '--trust', 'keys');
    expect(ran.stderr).toBe(
      `job: permissions.files: "${keys}" is not granted: it would open ${keys} to the plugin, which the app relies on\n`,
    );
  });

  it('says that a full disk takes no trace, in one line', async () => {
    const file = await planFile('');
    const ran = await run(file, '--simulate', '--trace', '/dev/full');
    expect([ran.code, ran.stderr]).toEqual([
      1,
      'The trace cannot be written to /dev/full: ENOSPC: no space left on device, write\n',
    ]);
  });

  it('retries, then answers a failure that would ask with Skip', async () => {
    await realPlugin('job', 'throw new Error("no disk");');
    const file = await planFile(
      pluginTable('job', `${headlessAfterWelcome}on_failure = "ask"\nretries = 1`),
    );
    const ran = await run(file, '--headless', '--plugins', 'plugins');
    expect(ran.code).toBe(0);
    const failed = ran.trace.filter(({ type }) => type === 'plugin.failed');
    expect(failed).toMatchObject([
      { reason: 'failed', attempt: 1 },
      { reason: 'failed', attempt: 2 },
    ]);
    expect(completedOf(ran, 'job')).toMatchObject({ outcome: 'skipped' });
  });

  it('stops with exit code 3 where the answers file says so', async () => {
    const file = await planFile(
      pluginTable('job', `${headlessAfterWelcome}on_failure = "ask"\nretries = 0`),
    );
    await writeFile(path.join(folder, 'answers.toml'), '[job]\non_failure = "stop"\n');
    const ran = await run(file, '--headless', '--answers', 'answers.toml', '--plugins', '.');
    expect(ran.code).toBe(3);
    expect(ran.trace.at(-1)).toMatchObject({ type: 'flow.finished', outcome: 'stopped' });
  });

  it('stops with exit code 3 for on_failure = "stop", and when a core plugin cannot be skipped', async () => {
    const file = await planFile(
      pluginTable('job', `${headlessAfterWelcome}on_failure = "stop"\nretries = 0`),
    );
    expect((await run(file, '--headless', '--plugins', '.')).code).toBe(3);
    const core = await run(await planFile(''), '--simulate', '--fail', 'core_terms');
    expect(core.code).toBe(3);
  });

  it('fails the first attempts that --fail names, and warns of a name that is not there', async () => {
    const file = await planFile(pluginTable('job', `${headlessAfterWelcome}retries = 1`));
    const ran = await run(file, '--simulate', '--fail', 'job:1', '--fail', 'jobb');
    expect(ran.trace.filter(({ type }) => type === 'plugin.failed')).toMatchObject([
      { plugin: 'job', reason: 'injected', attempt: 1 },
    ]);
    expect(completedOf(ran, 'job')).toMatchObject({ outcome: 'completed' });
    expect(ran.stderr).toBe(
      'warning: no plugin of this plan is called "jobb". Did you mean "job"?\n',
    );
  });

  it('leaves no plugin process behind when it is interrupted', async () => {
    await realPlugin('job', `await new Promise(() => setInterval(() => {}, 1000));`);
    const file = await planFile(pluginTable('job', headlessAfterWelcome));
    const args = ['plan', 'run', file, '--headless', '--plugins', 'plugins', '--trace', '-'];
    const child = spawn(process.execPath, [CLI, ...args, '--home', 'home'], { cwd: folder });
    const isAtWork = (text: string) => text.includes('"plugin.started","plugin":"job"');
    const ended = once(child, 'close');
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => isAtWork(text) && resolve());
    });
    const pids = await startedProcesses();
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.filter(processLives)).toEqual([]);
  });
});

/** Numbers of the plugin processes that the app has noted; waits until there is one. */
async function startedProcesses(): Promise<readonly number[]> {
  const noted = path.join(folder, 'home', 'cache', 'plugins', 'running');
  return vi.waitUntil(
    async () => {
      const names = await readdir(noted).catch(() => []);
      return names.length === 0 ? undefined : names.map(Number);
    },
    { timeout: 20_000 },
  );
}

describe('plan run --update', () => {
  const newer = pluginTable('extra', 'run_after_event_name = "TermsCompleted"');

  it('takes a newer plan from the folder that the file names', async () => {
    const file = await planFile('');
    await planFile(newer, { name: 'plans/nova/1/execution_plan.toml', revision: 2 });
    const ran = await run(file, '--simulate', '--update');
    expect(ran.code).toBe(0);
    expect(ran.trace.filter(({ type }) => type === 'plan.activated')).toMatchObject([
      { source: 'base', revision: 0 },
      { source: 'local', revision: 2 },
    ]);
    expect(completedOf(ran, 'extra')).toMatchObject({ outcome: 'completed' });
  });

  it.each([
    ['a plan that is not there', undefined, 'not-found'],
    ['a plan with errors', '[[plugins]]\nname = "x"\n', 'invalid'],
  ])('goes on with the plan it has for %s', async (_what, body, reason) => {
    const file = await planFile('');
    await mkdir(path.join(folder, 'plans'));
    if (body !== undefined) await planFile(body, { name: 'plans/nova/1/execution_plan.toml' });
    const ran = await run(file, '--simulate', '--update');
    expect(ran.code).toBe(0);
    expect(ran.trace.filter(({ type }) => type === 'plan.update_failed')).toMatchObject([
      { reason },
    ]);
  });

  it('does not ask without a network', async () => {
    const ran = await run(await planFile(''), '--simulate', '--update', '--offline');
    expect(ran.trace.filter(({ type }) => type === 'plan.update_failed')).toMatchObject([
      { reason: 'unreachable' },
    ]);
  });
});

describe('wrong usage of plan run', () => {
  it('without --headless or --simulate is exit code 2', async () => {
    const ran = await run(await planFile(''));
    expect([ran.code, ran.stderr]).toEqual([
      2,
      'Say --headless to run with real plugins, or --simulate to run without any.\n',
    ]);
  });

  it('with a plan that has errors is exit code 1, and says them', async () => {
    const file = await planFile(pluginTable('core_wifi', ''));
    const ran = await run(file, '--simulate');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('plan/reserved-name');
  });

  it('with a broken answers file is exit code 1, with the line', async () => {
    const file = await planFile('');
    await writeFile(path.join(folder, 'answers.toml'), '[job\n');
    const ran = await run(file, '--simulate', '--answers', 'answers.toml');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^answers\.toml:1:\d+: /);
  });
});
