import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { createPluginHost } from './plugin-host.ts';
import { planEntry, pluginRig, processLives, type PluginRig } from './plugin-rig.test-support.ts';

/** An app of its own, which opens a plugin, lets it work, and ends. Gives the plugin's pid. */
async function endedApp(rig: PluginRig, name: string, end: 'killed' | 'exits'): Promise<number> {
  const code = `
    import { createPluginHost } from ${JSON.stringify(new URL('plugin-host.ts', import.meta.url))};
    const host = createPluginHost(${JSON.stringify(rig.folders)});
    const signal = new AbortController().signal;
    const onProgress = () => undefined;
    const opened = await host.open(${JSON.stringify(planEntry(name))}, {
      device: {}, signal, onLog: (_level, text) => {
        if (text !== 'at work') return;
        console.log(opened.value.pid);
        if (${JSON.stringify(end)} === 'exits') process.exit(1);
      },
    });
    await opened.value.run({ answers: {}, attempt: 1, signal, onProgress });
  `;
  const app = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(app, 'exit');
  const [line] = (await once(createInterface(app.stdout), 'line')) as [string];
  if (end === 'killed') app.kill('SIGKILL');
  await ended;
  return Number(line);
}

const working = (work: string) => ({
  'package.json': JSON.stringify({
    name: 'busy',
    version: '1.0.0',
    type: 'module',
    firstlight: { apiVersion: 1, main: 'index.js' },
  }),
  // By way of standard output, which needs no turn of the event loop to leave.
  'index.js': `export default { async run() { console.log('at work'); ${work} } };`,
});

describe('when the app ends without stopping its plugins', () => {
  it('takes even one in an endless loop with it', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('busy', working('for (;;);'));
    const pid = await endedApp(rig, 'busy', 'exits');
    await expect.poll(() => processLives(pid)).toBe(false);
  });
});

describe('when the app is killed', () => {
  it('a plugin takes along what it has started itself', async () => {
    await using rig = await pluginRig();
    const start = `
      const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
      await ctx.storage.set('child', child.pid);
      console.log('at work');
      await new Promise(() => setInterval(() => {}, 1e6));`;
    const files = working('');
    const main = `export default { async run(ctx) { ${start} } };`;
    await rig.addPlugin('busy', { ...files, 'index.js': main });
    await endedApp(rig, 'busy', 'killed');
    const stored = await readFile(path.join(rig.folders.storageFolder, 'busy.json'), 'utf8');
    const child = Number(/"child":\s*(\d+)/.exec(stored)?.[1]);
    await expect.poll(() => processLives(child)).toBe(false);
  });

  it('a plugin that listens ends by itself', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('busy', working('await new Promise(() => setInterval(() => {}, 1e6));'));
    const pid = await endedApp(rig, 'busy', 'killed');
    await expect.poll(() => processLives(pid)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'one in an endless loop is ended by the next app',
    async () => {
      await using rig = await pluginRig();
      await rig.addPlugin('busy', working('for (;;);'));
      const pid = await endedApp(rig, 'busy', 'killed');
      expect(processLives(pid)).toBe(true);
      const next = createPluginHost(rig.folders);
      await expect.poll(() => processLives(pid)).toBe(false);
      await next.dispose();
    },
  );
});
