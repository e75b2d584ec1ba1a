import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared';
import { openLife, type PluginLife } from './plugins/testing/plugin-life.test-support.ts';
import { planEntry } from './plugins/plugin-rig.test-support.ts';

const API = { who: 'api' } as const;

let folder: string;
let life: PluginLife;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-runner-'));
  life = await open();
});
afterEach(async () => {
  await life[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function open(): Promise<PluginLife> {
  return openLife({ home: path.join(folder, 'home'), pluginsFolder: folder, owner: 'api' });
}

/** The app ends, and starts again on the same home. */
async function restart(): Promise<void> {
  await life[Symbol.asyncDispose]();
  life = await open();
}

/** Writes a plugin. Its functions can tell the first time that they are called, over all of its processes. */
async function addPlugin(name: string, body: string): Promise<void> {
  const target = path.join(folder, name);
  await mkdir(target);
  const firstlight = { apiVersion: 1, main: 'index.js', permissions: { dataFolder: true } };
  const json = { name, version: '1.0.0', type: 'module', firstlight };
  await writeFile(path.join(target, 'package.json'), JSON.stringify(json));
  await writeFile(
    path.join(target, 'index.js'),
    `import { existsSync, writeFileSync } from 'node:fs';
    const isFirst = (ctx) => {
      const file = ctx.dataFolder + '/been-here';
      if (existsSync(file)) return false;
      writeFileSync(file, '');
      return true;
    };
    const until = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve));
    export default { ${body} };`,
  );
}

/** Its first step waits until it is called off, but only the first time. */
const WAITS_ONCE = `steps: [{ name: 'a', description: 'A', async run(ctx) {
  if (isFirst(ctx)) { ctx.progress(50); await until(ctx.signal); throw new Error('called off'); }
} }]`;

/** Begins a plugin; resolves when its step says how far it is. */
async function beginWaiting(plugin: string, answers?: JsonObject): Promise<string> {
  const id = await life.begin(plugin, answers === undefined ? {} : { answers });
  await new Promise<void>((resolve) => {
    life.engine.subscribe(id, undefined, ({ type }) => {
      if (type === 'StepProgress') resolve();
    });
  });
  return id;
}

function isUp(plugin: string): boolean | undefined {
  return life.plugins.registry.byName(plugin)?.plugin.isUp;
}

describe('the process of a plugin that is run on its own', () => {
  it('ends with an execution that was revived after a restart', async () => {
    await addPlugin('waits', WAITS_ONCE);
    const id = await beginWaiting('waits');
    await restart();
    expect(await life.engine.revive(id)).toEqual({ ok: true, value: undefined });
    expect(isUp('waits')).toBe(true);
    expect(await life.engine.whenEnded(id)).toMatchObject({ status: 'completed' });
    expect(isUp('waits')).toBe(false);
    expect(await life.run('waits')).toMatchObject({ status: 'completed' });
  });

  it('ends with an execution that was run again after it had failed', async () => {
    await addPlugin(
      'fails-once',
      `steps: [{ name: 'a', description: 'A', run(ctx) { if (isFirst(ctx)) throw new Error('no'); } }]`,
    );
    const { executionId } = await life.run('fails-once');
    expect(isUp('fails-once')).toBe(false);
    const retried = await life.engine.control(executionId, { type: 'retry', step: 'a' }, API);
    expect(retried).toMatchObject({ ok: true });
    expect(await life.engine.whenEnded(executionId)).toMatchObject({ status: 'completed' });
    await expect.poll(() => isUp('fails-once')).toBe(false);
  });

  it('does not stay for a control that was refused', async () => {
    await addPlugin('done', `steps: [{ name: 'a', description: 'A', run() {} }]`);
    const { executionId } = await life.run('done');
    const refused = await life.engine.control(executionId, { type: 'retry', step: 'a' }, API);
    expect(refused).toMatchObject({ ok: false });
    expect(isUp('done')).toBe(false);
  });

  it('is brought back once for all who ask at the same time', async () => {
    await addPlugin('waits', WAITS_ONCE);
    const id = await beginWaiting('waits');
    await restart();
    const revived = await Promise.all([life.engine.revive(id), life.engine.revive(id)]);
    expect(revived).toEqual([
      { ok: true, value: undefined },
      { ok: true, value: undefined },
    ]);
  });
});

describe('a plugin that somebody needs while it is at work', () => {
  it('is left to the first of those who begin it at the same time', async () => {
    await addPlugin('waits', WAITS_ONCE);
    const start = () => life.runner.start({ plugin: 'waits' }, API);
    const begun = await Promise.all([start(), start(), start()]);
    const failure = {
      code: 'execution/not-now',
      message: 'The plugin "waits" is at work already.',
    };
    expect(begun).toEqual([
      { ok: true, value: { executionId: expect.any(String) as string } },
      { ok: false, failure },
      { ok: false, failure },
    ]);
    expect(life.engine.list()).toHaveLength(1);
    expect(life.engine.list()[0]?.status).toBe('running');
  });

  it('is given to the setup: its execution is interrupted, and goes on when a person resumes it', async () => {
    await addPlugin('waits', WAITS_ONCE);
    const id = await beginWaiting('waits');
    const ofSetup = await life.plugins.open(planEntry('waits'), {
      event: undefined,
      device: {
        productFamily: 'test',
        language: 'en',
        region: 'US',
        online: true,
        appVersion: '0.0.0',
        deviceId: 'a-device',
      },
      signal: new AbortController().signal,
      onLog: () => undefined,
    });
    if (!ofSetup.ok) throw new Error(ofSetup.failure.message);
    expect(life.engine.get(id)).toMatchObject({ status: 'interrupted' });
    expect(life.logs).toContain('warn its execution is interrupted: the setup needs the plugin');
    const resume = () => life.engine.control(id, { type: 'resume' }, API);
    expect(await resume()).toMatchObject({ failure: { code: 'execution/not-now' } });
    expect(ofSetup.value.isUp).toBe(true);
    await ofSetup.value.stop();
    expect(await resume()).toMatchObject({ ok: true });
    expect(await life.engine.whenEnded(id)).toMatchObject({ status: 'completed' });
  });
});

describe('secret answers, after a restart', () => {
  const SECRETIVE = `secrets: ['code'], defaultAnswers: { user: 'ada', code: 'from the plugin' },
    steps: [{ name: 'a', description: 'A', async *run(ctx) {
      if (isFirst(ctx)) { yield { type: 'progress' }; await until(ctx.signal); throw new Error('called off'); }
      return { length: ctx.inputs.code?.length ?? 0 };
    } }]`;
  const answers = { user: 'eve', code: 'given by eve' };

  it('are the own ones of the plugin again, where it was begun with those', async () => {
    await addPlugin('secretive', SECRETIVE);
    const id = await beginWaiting('secretive');
    await restart();
    await life.engine.revive(id);
    const { results } = await life.engine.whenEnded(id);
    expect(results['a']?.outputs).toEqual({ length: 'from the plugin'.length });
  });

  it('have to be given again where somebody gave them, and say which', async () => {
    await addPlugin('secretive', SECRETIVE);
    const id = await beginWaiting('secretive', answers);
    await restart();
    const message =
      '"secretive" cannot go on: its secret answers are not kept over a restart, and it was begun with "code".';
    expect(await life.engine.revive(id)).toMatchObject({
      failure: { code: 'execution/not-now', message },
    });
    expect(isUp('secretive')).toBe(false);
    expect(life.engine.get(id)).toMatchObject({ status: 'interrupted', message });
    expect(await life.begin('secretive', { answers })).toBe(id);
    const { status, results } = await life.engine.whenEnded(id);
    expect(status).toBe('completed');
    expect(results['a']?.outputs).toEqual({ length: answers.code.length });
  });

  it('are not asked for where none was given', async () => {
    await addPlugin('secretive', SECRETIVE);
    const id = await beginWaiting('secretive', { user: 'eve' });
    await restart();
    expect(await life.engine.revive(id)).toMatchObject({ ok: true });
    const { results } = await life.engine.whenEnded(id);
    expect(results['a']?.outputs).toEqual({ length: 0 });
  });
});
