import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import type { Json } from '#shared';
import { planEntry, pluginFiles, pluginRig, processLives } from './plugin-rig.test-support.ts';

const signal = new AbortController().signal;

describe('a plugin in its process', () => {
  it('lives from initialize through its screen and its work to shutdown', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('life', {
      ...pluginFiles(
        `
        defaultAnswers: { name: 'Kitchen' },
        initialize(ctx) { ctx.log.info('initialize after ' + ctx.event + ' with ' + JSON.stringify(ctx.answers)); },
        run(ctx) {
          ctx.progress(50, 'half');
          ctx.log.debug('run with ' + JSON.stringify(ctx.answers));
          console.log('to stdout'); console.error('to stderr');
          ctx.progress(150);
        },
        shutdown() { console.log('shutdown'); }`,
        { web: 'web' },
      ),
      'web/index.html': '',
    });
    const opened = await rig.host.open(planEntry('life'), {
      ...rig.start,
      event: 'TermsCompleted',
    });
    if (!opened.ok) throw new Error(opened.failure.message);
    const plugin = opened.value;
    expect(plugin).toMatchObject({
      name: 'life',
      hasScreen: true,
      hasWork: true,
      defaultAnswers: { name: 'Kitchen' },
    });
    const progress: unknown[] = [];
    const outcome = await plugin.run({
      answers: { name: 'Bath' },
      attempt: 1,
      signal,
      onProgress: (work) => progress.push(work),
    });
    expect(outcome).toEqual({ ok: true, value: undefined });
    expect(progress).toEqual([{ percent: 50, message: 'half' }, { percent: 100 }]);
    await plugin.stop();
    await plugin.stop();
    expect([...rig.logs].sort()).toEqual([
      'debug run with {"name":"Bath"}',
      'info initialize after TermsCompleted with {}',
      'info shutdown',
      'info to stdout',
      'warn to stderr',
    ]);
  });

  it('answers its routes with the answers it has by then, and tells progress meanwhile', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'routes',
      pluginFiles(`
        run() {},
        routes: {
          answers: (_body, ctx) => { ctx.progress(10, 'looking'); return ctx.answers; },
          'a/b': async (body) => ({ got: body }),
          device: (_body, ctx) => ctx.device,
        }`),
    );
    const plugin = await rig.open('routes');
    expect(await plugin.call('answers', null)).toEqual({ ok: true, value: {} });
    expect(rig.progress).toEqual([{ percent: 10, message: 'looking' }]);
    await plugin.run({ answers: { a: 1 }, attempt: 1, signal, onProgress: () => undefined });
    expect(await plugin.call('answers', null)).toEqual({ ok: true, value: { a: 1 } });
    expect(await plugin.call('a/b', [1])).toEqual({ ok: true, value: { got: [1] } });
    expect(await plugin.call('device', null)).toEqual({ ok: true, value: rig.start.device });
  });

  it('answers 10,000 calls at once, each with its own', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('good', 'nothing');
    const plugin = await rig.open('good');
    const bodies = Array.from({ length: 10_000 }, (_, n): Json => ({ n }));
    const replies = await Promise.all(bodies.map((body) => plugin.call('echo', body)));
    expect(replies.map((reply) => (reply.ok ? reply.value : reply))).toEqual(bodies);
  });

  it('has a second run refused while one is under way', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('slow', 'wait');
    const plugin = await rig.open('slow');
    const abort = new AbortController();
    const work = { answers: {}, attempt: 1, signal: abort.signal, onProgress: () => undefined };
    const first = plugin.run(work);
    expect(await plugin.run(work)).toEqual({
      ok: false,
      failure: {
        code: 'plugin/not-running',
        message: 'Plugin "slow" cannot work: it is running.',
      },
    });
    abort.abort();
    await first;
  });

  it('sees a clean environment', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('good', 'nothing');
    const plugin = await rig.open('good');
    const reply = await plugin.call('environment', null);
    const names = Object.keys(reply.ok ? (reply.value as object) : {});
    expect(names).toContain('PATH');
    expect(names.filter((name) => /^(NODE|npm|VITEST|FIRSTLIGHT)/.test(name))).toEqual([]);
  });

  it('may import the SDK of the app, without anything installed', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('typed', {
      'package.json': JSON.stringify({
        name: 'typed',
        version: '1.0.0',
        type: 'module',
        firstlight: { apiVersion: 1, main: 'index.js' },
      }),
      'index.js': `import { definePlugin } from 'firstlight/sdk';
        export default definePlugin({ routes: { ping: () => 'pong' } });`,
    });
    const plugin = await rig.open('typed');
    expect(await plugin.call('ping', null)).toEqual({ ok: true, value: 'pong' });
  });

  it('says how it feels; without a word of its own it is healthy', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'ill',
      pluginFiles(`health: () => ({ healthy: false, message: 'no disk' })`),
    );
    await rig.addMisbehaving('good', 'nothing');
    const ill = await rig.open('ill');
    const good = await rig.open('good');
    expect(await ill.health()).toEqual({
      ok: true,
      value: { healthy: false, message: 'no disk' },
    });
    expect(await good.health()).toEqual({ ok: true, value: { healthy: true } });
  });

  it('fails at its start when its module cannot be loaded, with the reason', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('broken', { ...pluginFiles(''), 'index.js': 'export default {;' });
    expect(await rig.host.open(planEntry('broken'), rig.start)).toEqual({
      ok: false,
      failure: {
        code: 'plugin/start-failed',
        message: `Plugin "broken": Unexpected token ';'`,
      },
    });
  });

  it('is not left behind when the start is called off', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('bad', 'never-ready');
    const abort = new AbortController();
    const opening = rig.host.open(planEntry('bad'), {
      ...rig.start,
      signal: abort.signal,
      onLog: () => undefined,
    });
    abort.abort();
    const opened = await opening;
    expect(opened.ok ? undefined : opened.failure.code).toBe('plugin/cancelled');
  });
});

describe('the plugin host', () => {
  it('opens the archive that npm pack makes, checked against its digest', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('src/package', pluginFiles(`routes: { hello: () => 'from an archive' }`));
    const plugins = path.join(rig.folder, 'plugins');
    await create(
      { gzip: true, file: path.join(plugins, 'packed.tgz'), cwd: path.join(plugins, 'src') },
      ['package'],
    );
    const plugin = await rig.open('packed');
    expect(await plugin.call('hello', null)).toEqual({ ok: true, value: 'from an archive' });
    const pinned = planEntry('packed', { sha256: 'f'.repeat(64) });
    const refused = await rig.host.open(pinned, rig.start);
    expect(refused.ok ? undefined : refused.failure.code).toBe('plugin/wrong-digest');
  });

  it('refuses a folder where the plan pins an archive', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('good', 'nothing');
    const opened = await rig.host.open(planEntry('good', { sha256: '0'.repeat(64) }), rig.start);
    expect(opened).toMatchObject({ ok: false, failure: { code: 'plugin/wrong-digest' } });
  });

  it('names the plugin and what was expected when it is no archive at all', async () => {
    await using rig = await pluginRig();
    await writeFile(path.join(rig.folder, 'plugins', 'libsetup.dylib'), '\u00cf\u00fa\u00ed\u00fe');
    const entry = planEntry('setup', { plugin_base_path: 'libsetup.dylib' });
    expect(await rig.host.open(entry, rig.start)).toEqual({
      ok: false,
      failure: {
        code: 'plugin/bad-archive',
        message:
          'Plugin "setup": libsetup.dylib is no plugin archive that can be used: ' +
          'it is not a gzip-compressed tar file.',
        hint: 'Expected a .tgz as `npm pack` makes it.',
      },
    });
  });

  it('warns of another version than the plan names', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('good', 'nothing');
    await rig.open('good', { version: '2.0.0' });
    expect(rig.logs).toEqual([
      'warn the plan names version 2.0.0, but the package is version 1.0.0',
    ]);
  });

  it('binds what runs to what the plan says, by name and by route', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('good', 'nothing');
    const plugin = await rig.open('good', { plugin_route: 'wizard' });
    const binding = rig.host.registry.byRoute('wizard');
    expect(binding).toMatchObject({ entry: { name: 'good' }, package: { name: 'misbehave' } });
    expect(binding?.plugin).toBe(plugin);
    expect(rig.host.registry.byName('good')).toBe(binding);
    expect(rig.host.registry.list()).toEqual([binding]);
    expect(rig.host.registry.byRoute('good')).toBeUndefined();
  });

  it('never runs one plugin twice, however often it is opened', async () => {
    await using rig = await pluginRig();
    await rig.addMisbehaving('good', 'nothing');
    const opened = await Promise.all([1, 2, 3].map(() => rig.open('good')));
    expect(opened.map((plugin) => plugin.processState)).toEqual(['stopped', 'stopped', 'ready']);
  });

  it('starts a plugin in the spare process', async () => {
    await using rig = await pluginRig({ spare: true });
    await rig.addMisbehaving('good', 'nothing');
    await rig.host.whenWarm();
    const plugin = await rig.open('good');
    expect(await plugin.call('echo', 1)).toEqual({ ok: true, value: 1 });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'runs the plugin itself in a spare that was taken while it was warming up (%i)',
    async (moment) => {
      await using rig = await pluginRig({ spare: true });
      await rig.addMisbehaving('job', 'throw-in-run');
      // Wherever the rehearsal is by then.
      for (let turn = 0; turn < moment * 100; turn += 1) await new Promise(setImmediate);
      const plugin = await rig.open('job');
      const { signal } = new AbortController();
      const request = { answers: {}, attempt: 1, signal, onProgress: () => undefined };
      expect(await plugin.run(request)).toMatchObject({
        ok: false,
        failure: { code: 'plugin/failed', message: 'Plugin "job": no work today' },
      });
    },
  );

  it('leaves no process behind when it ends, spare and hanging ones included', async () => {
    const rig = await pluginRig({ spare: true, limits: { shutdownMs: 50, killMs: 50 } });
    await rig.addMisbehaving('good', 'nothing');
    await rig.addMisbehaving('bad', 'ignore-stop');
    const plugins = [await rig.open('good'), await rig.open('bad')];
    await rig[Symbol.asyncDispose]();
    await rig.host.dispose();
    for (const { pid } of plugins) expect(processLives(pid ?? 0)).toBe(false);
  });

  it('keeps what a plugin stores in a file of its own', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('a', pluginFiles(`run: (ctx) => ctx.storage.set('n', 1)`));
    const plugin = await rig.open('a');
    await plugin.run({ answers: {}, attempt: 1, signal, onProgress: () => undefined });
    const text = await readFile(path.join(rig.folder, 'storage', 'a.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ n: 1 });
  });
});
