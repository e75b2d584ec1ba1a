import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLife, type PluginLife } from '../testing/plugin-life.test-support.ts';

let folder: string;
let life: PluginLife;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-reopening-'));
  life = await openLife({ home: path.join(folder, 'home'), pluginsFolder: folder });
});
afterEach(async () => {
  await life[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Writes a plugin whose functions say what they do with `note`, and which keeps that in its own folder. */
async function addPlugin(name: string, body: string): Promise<void> {
  const target = path.join(folder, name);
  await mkdir(target);
  await writeFile(
    path.join(target, 'package.json'),
    JSON.stringify({
      name,
      version: '1.0.0',
      type: 'module',
      firstlight: { apiVersion: 1, main: 'index.js', permissions: { dataFolder: true } },
    }),
  );
  await writeFile(
    path.join(target, 'index.js'),
    `import { appendFileSync, readFileSync } from 'node:fs';
    const note = (ctx, what) => appendFileSync(ctx.dataFolder + '/notes', what + '\\n');
    const isFirst = (ctx, what) => readFileSync(ctx.dataFolder + '/notes', 'utf8').split(what).length === 2;
    const forEver = () => new Promise(() => setInterval(() => undefined, 1e6));
    export default { ${body} };`,
  );
}

async function notesOf(name: string): Promise<readonly string[]> {
  const text = await readFile(path.join(life.home.pluginData, name, 'notes'), 'utf8');
  return text.trim().split('\n');
}

describe('a plugin whose process ends in the middle of its steps', () => {
  it('is started again for every attempt, for what undoes and for what always runs', async () => {
    await addPlugin(
      'crash',
      `rollback: true, steps: [
        { name: 'a', description: 'A', run: (ctx) => note(ctx, 'a'), undo: (ctx) => note(ctx, 'undo a') },
        { name: 'b', description: 'B', dependsOn: ['a'], retry: { maxAttempts: 3, backoff: { initialSeconds: 0, maxSeconds: 0 } },
          run: (ctx) => { note(ctx, 'b'); process.exit(3); } },
        { name: 'z', description: 'Z', always: true, dependsOn: ['b'], run: (ctx) => note(ctx, 'z') },
      ]`,
    );
    const view = await life.run('crash');
    expect(view).toMatchObject({ status: 'failed', error: { step: 'b' } });
    expect(view.results['b']).toMatchObject({
      attempts: 3,
      errorMessage: 'Plugin "crash" ended with exit code 3.',
    });
    const notes = await notesOf('crash');
    expect(notes.slice(0, 4)).toEqual(['a', 'b', 'b', 'b']);
    expect([...notes.slice(4)].sort()).toEqual(['undo a', 'z']);
  });

  it('is started again after an attempt that it did not end when it was called off', async () => {
    await addPlugin(
      'hang',
      `steps: [
        { name: 'a', description: 'A', timeoutSeconds: 5, retry: { maxAttempts: 2, backoff: { initialSeconds: 0, maxSeconds: 0 } },
          run: (ctx) => { note(ctx, 'a'); if (isFirst(ctx, 'a')) return forEver(); } },
        { name: 'z', description: 'Z', always: true, dependsOn: ['a'], run: (ctx) => note(ctx, 'z') },
      ]`,
    );
    expect(await life.run('hang')).toMatchObject({ status: 'completed' });
    expect(await notesOf('hang')).toEqual(['a', 'a', 'z']);
  });

  it('is started again for what always runs, after a stop that it did not listen to', async () => {
    await addPlugin(
      'stubborn',
      `steps: [
        { name: 'a', description: 'A', run: (ctx) => { note(ctx, 'a'); ctx.progress(1); return forEver(); } },
        { name: 'z', description: 'Z', always: true, dependsOn: ['a'], run: (ctx) => note(ctx, 'z') },
      ]`,
    );
    const id = await life.begin('stubborn');
    await new Promise<void>((resolve) => {
      life.engine.subscribe(id, undefined, ({ type }) => {
        if (type === 'StepProgress') resolve();
      });
    });
    await life.engine.control(id, { type: 'stop' }, { who: 'cli' });
    const view = await life.engine.whenEnded(id);
    expect(view.status).toBe('cancelled');
    expect(view.results['z']).toMatchObject({ success: true });
    expect(await notesOf('stubborn')).toEqual(['a', 'z']);
  });
});
