import { access, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES, type ExecutionView, type JsonObject } from '#shared';
import { declareSteps } from '../execution/graph/declare-steps.ts';
import { dataFolderOf, openLife, type PluginLife } from './testing/plugin-life.test-support.ts';

const guide = await readFile(new URL('../../../docs/steps.md', import.meta.url), 'utf8');

/** The examples, whole plugins each, by name. */
const examples = new Map(
  [...guide.matchAll(/```js plugin=([\w-]+)\n(.*?)```/gs)].map(([, name = '', code = '']) => [
    name,
    code,
  ]),
);

/** The manifests that are shown, by plugin. */
const manifests = new Map(
  [...guide.matchAll(/```json plugin=([\w-]+)\n(.*?)```/gs)].map(([, name = '', json = '']) => [
    name,
    json,
  ]),
);

/** The first column of the table between two comments. */
function fieldsIn(table: 'step' | 'command'): readonly string[] {
  const text = guide.split(`<!-- ${table} fields -->`)[1]?.split(`<!-- /${table} fields -->`)[0];
  const rows = (text ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => {
    const [, first = ''] = row.split('|');
    return [...first.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  });
}

describe('docs/steps.md', () => {
  let folder: string;
  let home: string;
  let life: PluginLife;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'firstlight-steps-docs-'));
    home = path.join(folder, 'home');
    const pluginsFolder = path.join(folder, 'plugins');
    for (const [name, code] of examples) {
      const root = path.join(pluginsFolder, name);
      await mkdir(root, { recursive: true });
      const permissions = { dataFolder: true, commands: ['sh', 'echo', 'date', 'uname'] };
      const firstlight = { apiVersion: 1, main: 'index.js', permissions };
      const json = { name, version: '1.0.0', type: 'module', firstlight };
      const manifest = manifests.get(name) ?? JSON.stringify(json);
      await writeFile(path.join(root, 'package.json'), manifest);
      await writeFile(path.join(root, 'index.js'), code);
    }
    life = await openLife({ home, pluginsFolder, headless: true });
  });
  afterAll(async () => {
    await life[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const inData = (plugin: string, file: string): string =>
    path.join(dataFolderOf(home, plugin), file);

  function statuses(view: ExecutionView): JsonObject {
    return Object.fromEntries(view.steps.map(({ name, status }) => [name, status]));
  }

  it('shows two steps, of which the second one is skipped when it is done', async () => {
    expect(statuses(await life.run('greeting'))).toEqual({
      compose: 'completed',
      write: 'completed',
    });
    expect(await readFile(inData('greeting', 'greeting.txt'), 'utf8')).toBe(
      'Hello from the kitchen',
    );
    expect(statuses(await life.run('greeting'))).toEqual({
      compose: 'completed',
      write: 'skipped',
    });
  });

  it('shows a step that must not run twice', async () => {
    await life.run('register');
    expect(statuses(await life.run('register'))).toEqual({ register: 'skipped' });
    expect(await readFile(inData('register', 'ledger.txt'), 'utf8')).toBe('A-1\n');
  });

  it('shows items, and an expression that decides', async () => {
    const view = await life.run('fonts');
    expect(statuses(view)).toEqual({
      choose: 'completed',
      fetch: 'completed',
      'fetch[0]': 'completed',
      'fetch[1]': 'completed',
      vertical: 'completed',
    });
    expect(view.results['vertical']?.outputs).toEqual({ fonts: 2 });
    const elsewhere = await life.run('fonts', { answers: { region: 'DE', wanted: [] } });
    expect(statuses(elsewhere)).toEqual({
      choose: 'completed',
      fetch: 'skipped',
      vertical: 'skipped',
    });
  });

  it('shows a secret that is in no result and in no log', async () => {
    const view = await life.run('token');
    expect(view.results['use']?.output).toContain('got ***');
    expect(JSON.stringify(view)).not.toContain('4711');
    expect(await life.engine.logs(view.executionId)).not.toContain('4711');
  });

  it('shows what becomes of failures', async () => {
    const view = await life.run('update');
    expect(view).toMatchObject({ status: 'failed', error: { step: 'try' } });
    expect(view.error?.message).toContain('(attempt 3)');
    expect(statuses(view)).toMatchObject({ news: 'failed', try: 'failed', report: 'completed' });
    await expect(access(inData('update', 'update.bin'))).rejects.toThrow('ENOENT');
    await access(inData('update', 'report.txt'));
  });

  it('shows a question, which gets its default where nobody is', async () => {
    const view = await life.run('ask-first');
    expect(view.results['decide']?.outputs).toEqual({ answer: 'keep' });
  });

  it('shows commands that pass by an exit code and by a pattern', async () => {
    expect(statuses(await life.run('trust'))).toEqual({ check: 'completed', renew: 'completed' });
  });

  it('shows commands as a step, with values and a count, and work for an executor', async () => {
    const { status, results } = await life.run('clock');
    expect(status).toBe('completed');
    expect(results['zone']?.output).toContain('Setting up Europe/Berlin');
    expect(results['zone']?.packagesUpdated).toBe(1);
    expect(results['system']?.outputs).toMatchObject({ exitCode: 0 });
  });

  it('shows a migration that comes to the same', async () => {
    expect(statuses(await life.run('before'))).toEqual({ run: 'completed' });
    expect(statuses(await life.run('after'))).toEqual({ fetch: 'completed', place: 'completed' });
    const [before, after] = await Promise.all(
      ['before', 'after'].map((plugin) => readFile(inData(plugin, 'model'), 'utf8')),
    );
    expect(after).toBe(before);
  });

  it('has a test for each of its examples', async () => {
    const tests = await readFile(import.meta.filename, 'utf8');
    expect(examples.size).toBeGreaterThan(8);
    for (const name of examples.keys()) expect(tests).toContain(`life.run('${name}'`);
  });

  it('has each field of a step, with the default that it has', () => {
    const declared = declareSteps({
      steps: [{ name: 'a', description: 'A', run: () => undefined }],
    });
    const [step] = declared.ok ? declared.value.spec.steps : [];
    const known = new Set(['commands', 'run', 'check', 'verify', 'undo', 'when', 'forEach']);
    for (const name of Object.keys(step ?? {})) known.add(name);
    known.delete('has');
    const optional = ['timeoutSeconds', 'weight', 'heartbeatSeconds', 'packagesPattern'];
    expect([...fieldsIn('step')].sort()).toEqual([...known, ...optional].sort());
    expect(step).toMatchObject({
      dependsOn: [],
      mutexes: [],
      idempotent: true,
      always: false,
      onError: 'stop',
      sudo: false,
      retry: { maxAttempts: 1, backoff: { initialSeconds: 1, maxSeconds: 30 } },
    });
  });

  it('has each field of a command', () => {
    const command = {
      cmd: ['true'],
      description: 'A',
      sudo: true,
      timeoutSeconds: 1,
      phase: 'check',
      stepName: 'a',
      stepNumber: 1,
      totalSteps: 1,
      ignoreExitCodes: [1],
      errorPatterns: ['a'],
      successPatterns: ['b'],
      env: { A: 'b' },
      cwd: '/',
    };
    // Whatever is no field is refused.
    expect(declareSteps({ commands: [command] })).toMatchObject({ ok: true });
    expect([...fieldsIn('command')].sort()).toEqual(Object.keys(command).sort());
  });

  it('names only codes that there are', () => {
    const named = [...guide.matchAll(/`((?:execution|step|plugin)\/[a-z-]+)`/g)];
    expect(named.length).toBeGreaterThan(2);
    for (const [, code = ''] of named) expect(ERROR_CODES).toHaveProperty([code]);
  });
});
