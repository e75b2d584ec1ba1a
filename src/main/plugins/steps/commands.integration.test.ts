import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import type { Isolation } from '../isolation/isolate.ts';
import { createPluginHost } from '../plugin-host.ts';
import {
  commandLives,
  isolations,
  planEntry,
  pluginRig,
  type PluginRig,
} from '../plugin-rig.test-support.ts';
import { openStepped, steppedFiles } from './testing/stepped-plugin.test-support.ts';

const LEVELS = await isolations();
const ALLOWED = { commands: ['sh'] };

/** One step called `a` with one command: a script of the shell. */
function shell(script: string, fields = ''): string {
  const command = `{ cmd: ['sh', '-c', ${JSON.stringify(script)}] }`;
  return `steps: [{ name: 'a', description: 'A', commands: [${command}], ${fields} }]`;
}

/** Runs for good, can be found by `mark`, and takes no notice of SIGTERM. */
const stubborn = (mark: string) =>
  `trap '' TERM; echo at work; exec node -e "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)" ${mark}`;

describe.each(LEVELS)('the commands of a plugin, isolated by %s,', (isolation) => {
  it('SINT-001 run in its process, with what they write and the packages they count', async () => {
    await using rig = await pluginRig({ isolation });
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        `commands: [
          { cmd: ['sh', '-c', 'echo one; echo two >&2'], description: 'First', stepName: 'both' },
          { cmd: ['sh', '-c', 'pwd; echo "$FIRSTLIGHT_HOME"'], stepName: 'both' },
        ]`,
        ALLOWED,
      ),
    );
    const { work, events, graph } = await openStepped(rig, 'stepped');
    expect(graph.steps.map(({ name }) => name)).toEqual(['both']);
    expect(await work('both')).toEqual({ ok: true, value: {} });
    const lines = events.flatMap((event) => (event.type === 'output' ? [event.text] : []));
    expect([...lines].sort()).toEqual(
      ['', path.join(rig.folders.pluginsFolder, 'stepped'), 'one', 'two'].sort(),
    );
    expect(events).toContainEqual({ type: 'output', stream: 'stderr', text: 'two' });
    expect(events[0]).toEqual({ type: 'progress', percent: 0, message: '1 of 2: First' });
  });

  it('fail with what they wrote last', async () => {
    await using rig = await pluginRig({ isolation });
    await rig.addPlugin('stepped', steppedFiles(shell('echo no disk; exit 4'), ALLOWED));
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('a')).toEqual({
      ok: false,
      failure: { code: 'step/command-failed', message: '"sh" ended with exit code 4: no disk' },
    });
  });

  it('count the packages that they updated', async () => {
    await using rig = await pluginRig({ isolation });
    const fields = `packagesPattern: '^Setting up '`;
    const script = 'echo Setting up a; echo Setting up b; echo done';
    await rig.addPlugin('stepped', steppedFiles(shell(script, fields), ALLOWED));
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('a')).toEqual({ ok: true, value: { packagesUpdated: 2 } });
  });

  it('see no more than the plugin does where there is a sandbox', async () => {
    await using rig = await pluginRig({ isolation });
    const secretFile = path.join(rig.folder, 'secret.txt');
    await writeFile(secretFile, 'a secret');
    await rig.addPlugin('stepped', steppedFiles(shell(`cat '${secretFile}'`), ALLOWED));
    const { work } = await openStepped(rig, 'stepped');
    expect((await work('a')).ok).toBe(isolation !== 'bubblewrap');
  });

  it('are refused to a plugin that does not declare any', async () => {
    await using rig = await pluginRig({ isolation });
    await rig.addPlugin('stepped', steppedFiles(shell('true')));
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('a')).toEqual({
      ok: false,
      failure: {
        code: 'step/no-program',
        message: '"sh" may not be started by this plugin.',
        hint: 'Name it in "permissions.commands" of the plugin.',
      },
    });
  });

  it('run as work items of type command, with what they came to as outputs', async () => {
    await using rig = await pluginRig({ isolation });
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        `steps: [
          { name: 'good', description: 'Good', work: { type: 'command', config: { cmd: ['echo', 'hello'] } } },
          { name: 'bad', description: 'Bad', work: { type: 'command', config: { cmd: 'echo hello' } } },
          { name: 'other', description: 'Other', work: { type: 'http', config: {} } },
        ]`,
        ALLOWED,
      ),
    );
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('good')).toEqual({
      ok: true,
      value: { outputs: { exitCode: 0, output: 'hello' } },
    });
    expect(await work('bad')).toMatchObject({ ok: false, failure: { code: 'step/bad-value' } });
    expect(await work('other')).toMatchObject({
      ok: false,
      failure: { code: 'execution/no-executor' },
    });
  });

  it('are ended when they are called off, however stubborn; their plugin lives on', async () => {
    await using rig = await pluginRig({ isolation });
    const mark = `stubborn-${randomUUID()}`;
    await rig.addPlugin('stepped', steppedFiles(shell(stubborn(mark)), ALLOWED));
    const { work, plugin } = await openStepped(rig, 'stepped');
    const abort = new AbortController();
    const working = work('a', {
      signal: abort.signal,
      onEvent: ({ type }) => {
        if (type === 'output') abort.abort();
      },
    });
    expect(await working).toMatchObject({ ok: false, failure: { code: 'step/cancelled' } });
    expect(commandLives(mark)).toBe(false);
    expect(plugin.processState).toBe('ready');
  });

  it('do not outlive a process that was killed', async () => {
    await using rig = await pluginRig({ isolation });
    const mark = `stubborn-${randomUUID()}`;
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        `routes: { die: () => process.kill(process.pid, 'SIGKILL') }, ${shell(stubborn(mark))}`,
        ALLOWED,
      ),
    );
    const { work, plugin, events } = await openStepped(rig, 'stepped');
    const working = work('a');
    await expect.poll(() => events.some(({ type }) => type === 'output')).toBe(true);
    await plugin.call('die', null);
    expect(await working).toMatchObject({ ok: false, failure: { code: 'plugin/crashed' } });
    await expect.poll(() => commandLives(mark)).toBe(false);
  });

  it('do not outlive an app that was killed', async () => {
    await using rig = await pluginRig({ isolation });
    const mark = `stubborn-${randomUUID()}`;
    await rig.addPlugin('stepped', steppedFiles(shell(stubborn(mark)), ALLOWED));
    await killedApp(rig, isolation);
    await expect.poll(() => commandLives(mark), { timeout: 15_000 }).toBe(false);
  });

  it('do not outlive an app that was killed with all of its plugins, once there is another one', async () => {
    await using rig = await pluginRig({ isolation });
    const mark = `stubborn-${randomUUID()}`;
    await rig.addPlugin('stepped', steppedFiles(shell(stubborn(mark)), ALLOWED));
    const pid = await killedApp(rig, isolation, 'with its plugin');
    expect(pid).toBeGreaterThan(0);
    const next = createPluginHost(rig.folders);
    await next.open(planEntry('stepped'), rig.start);
    await expect.poll(() => commandLives(mark)).toBe(false);
    await next.dispose();
  });
});

describe.runIf(LEVELS.includes('bubblewrap'))('commands in a sandbox', () => {
  it.each([
    ['the step asks', `commands: [{ cmd: ['id'] }], sudo: true`],
    ['the command asks', `commands: [{ cmd: ['id'], sudo: true }]`],
  ])('SINT-002 gain no privileges, and it is said so (%s)', async (_who, fields) => {
    await using rig = await pluginRig({ isolation: 'bubblewrap' });
    const step = `steps: [{ name: 'a', description: 'A', ${fields} }]`;
    await rig.addPlugin('stepped', steppedFiles(step, ALLOWED));
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('a')).toEqual({
      ok: false,
      failure: {
        code: 'step/sudo-denied',
        message:
          '"id" was not run with privileges: the plugin runs in a sandbox (bubblewrap), in which nothing can gain any.',
        hint: 'Run the step without "sudo", or leave what needs privileges to the system.',
      },
    });
  });
});

/** An app of its own that has the step under way, and is killed then. Gives the plugin's pid. */
async function killedApp(
  rig: PluginRig,
  isolation: Isolation,
  how?: 'with its plugin',
): Promise<number> {
  const code = `
    import { createPluginHost } from ${JSON.stringify(new URL('../plugin-host.ts', import.meta.url))};
    import { createNodeLauncher } from ${JSON.stringify(new URL('../node-launcher.ts', import.meta.url))};
    const folders = ${JSON.stringify(rig.folders)};
    const isolation = ${JSON.stringify(isolation)};
    const launcher = createNodeLauncher({ owner: folders.cacheFolder, isolation });
    const host = createPluginHost({ ...folders, launcher });
    const { signal } = new AbortController();
    const start = { device: {}, signal, onLog: () => undefined };
    const opened = await host.open(${JSON.stringify(planEntry('stepped'))}, start);
    const plugin = opened.value;
    const described = await plugin.describeSteps({});
    await plugin.performer().perform({
      executionId: 'x', step: described.value.graph.steps[0], attempt: 1, part: 'work', signal,
      scope: { inputs: {}, steps: {} },
      onEvent: ({ type }) => { if (type === 'output') console.log(plugin.pid); },
    });
  `;
  const app = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: rig.folder },
  });
  const ended = once(app, 'exit');
  const [line] = (await once(createInterface(app.stdout), 'line')) as [string];
  const pid = Number(line);
  app.kill('SIGKILL');
  if (how === 'with its plugin') {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Its sandbox has gone with the app.
    }
  }
  await ended;
  return pid;
}
