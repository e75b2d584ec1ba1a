import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import type { Isolation } from './isolation/isolate.ts';
import { createPluginHost } from './plugin-host.ts';
import {
  commandLives,
  groupLives,
  isolations,
  planEntry,
  pluginRig,
  type PluginRig,
} from './plugin-rig.test-support.ts';

/** An app of its own, which opens a plugin, lets it work, and ends. Gives the plugin's pid. */
async function endedApp(
  rig: PluginRig,
  name: string,
  how: { readonly end: 'killed' | 'exits'; readonly isolation: Isolation },
): Promise<number> {
  const { end, isolation } = how;
  const code = `
    import { createPluginHost } from ${JSON.stringify(new URL('plugin-host.ts', import.meta.url))};
    import { createNodeLauncher } from ${JSON.stringify(new URL('node-launcher.ts', import.meta.url))};
    const folders = ${JSON.stringify(rig.folders)};
    const isolation = ${JSON.stringify(isolation)};
    const launcher = createNodeLauncher({ owner: folders.cacheFolder, isolation });
    const host = createPluginHost({ ...folders, launcher });
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
    // One that is killed leaves its temporary files behind.
    env: { ...process.env, TMPDIR: rig.folder },
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
    firstlight: { apiVersion: 1, main: 'index.js', permissions: { commands: ['node'] } },
  }),
  // By way of standard output, which needs no turn of the event loop to leave.
  'index.js': `export default { async run() { console.log('at work'); ${work} } };`,
});

const LEVELS = await isolations();

describe.each(LEVELS)(
  'isolated by %s, when the app ends without stopping its plugins',
  (isolation) => {
    it('takes even one in an endless loop with it', async () => {
      await using rig = await pluginRig();
      await rig.addPlugin('busy', working('for (;;);'));
      const pid = await endedApp(rig, 'busy', { end: 'exits', isolation });
      await expect.poll(() => groupLives(pid)).toBe(false);
    });
  },
);

describe.each(LEVELS)('isolated by %s, when the app is killed', (isolation) => {
  it('a plugin takes along what it has started itself', async () => {
    await using rig = await pluginRig();
    const mark = `child-${randomUUID()}`;
    const start = `
      const { spawn } = await import('node:child_process');
      const { once } = await import('node:events');
      const code = 'setInterval(() => {}, 1e6)';
      const child = spawn(process.execPath, ['-e', code, '${mark}'], { stdio: 'ignore' });
      await once(child, 'spawn');
      console.log('at work');
      await new Promise(() => setInterval(() => {}, 1e6));`;
    const files = working('');
    const main = `export default { async run(ctx) { ${start} } };`;
    await rig.addPlugin('busy', { ...files, 'index.js': main });
    await endedApp(rig, 'busy', { end: 'killed', isolation });
    await expect.poll(() => commandLives(mark)).toBe(false);
  });

  it('a plugin that listens ends by itself', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('busy', working('await new Promise(() => setInterval(() => {}, 1e6));'));
    const pid = await endedApp(rig, 'busy', { end: 'killed', isolation });
    await expect.poll(() => groupLives(pid)).toBe(false);
  });
});

describe.runIf(process.platform === 'linux')(
  'when the app is killed, one in an endless loop',
  () => {
    it.each(LEVELS.filter((level) => level !== 'bubblewrap'))(
      'is ended by the next app (isolated by %s)',
      async (isolation) => {
        await using rig = await pluginRig();
        await rig.addPlugin('busy', working('for (;;);'));
        const pid = await endedApp(rig, 'busy', { end: 'killed', isolation });
        expect(groupLives(pid)).toBe(true);
        const next = createPluginHost(rig.folders);
        await expect.poll(() => groupLives(pid)).toBe(false);
        await next.dispose();
      },
    );

    it.runIf(LEVELS.includes('bubblewrap'))('goes with it by the sandbox', async () => {
      await using rig = await pluginRig();
      await rig.addPlugin('busy', working('for (;;);'));
      const pid = await endedApp(rig, 'busy', { end: 'killed', isolation: 'bubblewrap' });
      await expect.poll(() => groupLives(pid)).toBe(false);
    });
  },
);
