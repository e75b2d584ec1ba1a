import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pluginFiles, pluginRig } from '../plugin-rig.test-support.ts';
import { openLife } from '../testing/plugin-life.test-support.ts';

const PASSWORD = 'hunter2-of-all-hunters';
const TOKEN = 'token-of-the-day';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'firstlight-lines-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a plugin with a secret answer to its end. */
async function run(body: string) {
  const plugin = path.join(folder, 'plugins', 'talker');
  await mkdir(plugin, { recursive: true });
  for (const [file, text] of Object.entries(pluginFiles(`secrets: ['password'], ${body}`))) {
    await writeFile(path.join(plugin, file), text);
  }
  await using life = await openLife({
    home: path.join(folder, 'home'),
    pluginsFolder: path.join(folder, 'plugins'),
  });
  const answers = { password: PASSWORD };
  const view = await life.run('talker', { answers });
  const log = (await life.engine.logs(view.executionId)) ?? '';
  return { view, log, logs: [...life.logs] };
}

/** What the log of an execution says, without when. */
function untimed(log: string): readonly string[] {
  return log.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/^\S+ /, '')]));
}

const steps = (...all: readonly string[]): string =>
  `steps: [${all.map((one, index) => `{ name: '${'ab'[index]}', description: 'A', ${index === 0 ? '' : "dependsOn: ['a'],"} ${one} }`).join(', ')}]`;

describe('a line that a plugin logs while its steps run', () => {
  it('is in the log of its execution, beside the output of its steps', async () => {
    const { log, logs } = await run(
      steps(`async *run(ctx) {
        ctx.log.warn('low on paper');
        await ctx.log.info('as ever');
        yield { type: 'output', text: 'printed' };
      }`),
    );
    expect(untimed(log)).toEqual(['[warn] low on paper', '[info] as ever', 'a: printed']);
    expect(logs).toEqual(['warn low on paper', 'info as ever']);
  });

  it('tells no secret answer, neither by ctx.log nor by what is thrown', async () => {
    const { view, log, logs } = await run(
      steps(`run(ctx) {
        ctx.log.info('with ' + ctx.inputs.password);
        throw new Error('refused: ' + ctx.inputs.password);
      }`),
    );
    expect(view.status).toBe('failed');
    expect(logs[0]).toBe('info with ***');
    expect(logs[1]).toContain('Error: refused: ***');
    expect([log, ...logs].join('\n')).not.toContain(PASSWORD);
  });

  it('tells no secret output, not even right after it was given', async () => {
    const { log, logs } = await run(
      steps(
        `async *run(ctx) {
          yield { type: 'value', name: 'token', value: '${TOKEN}', secret: true };
          ctx.log.info('has ${TOKEN}');
          console.log('prints ${TOKEN}');
        }`,
        `run(ctx) { ctx.log.info('reads ' + ctx.steps.a.outputs.token); }`,
      ),
    );
    expect(logs.toSorted()).toEqual(['info has ***', 'info prints ***', 'info reads ***']);
    expect(untimed(log).toSorted()).toEqual([
      '[info] has ***',
      '[info] prints ***',
      '[info] reads ***',
    ]);
  });

  it('tells no secret where the plugin says what its steps are', async () => {
    const { logs } = await run(
      `steps(ctx) {
        ctx.log.info('for ' + ctx.answers.password);
        return [{ name: 'a', description: 'A', run() {} }];
      }`,
    );
    expect(logs).toEqual(['info for ***']);
  });

  it('is on the disk without its secrets', async () => {
    await run(steps(`run(ctx) { console.error('prints ' + ctx.inputs.password); }`));
    const logs = path.join(folder, 'home', 'executions', 'logs');
    const files = await readdir(logs);
    const texts = await Promise.all(files.map((name) => readFile(path.join(logs, name), 'utf8')));
    expect(untimed(texts.join(''))).toEqual(['[warn] prints ***']);
  });
});

describe('the failure of a plugin whose process ends', () => {
  it('tells no secret in its last words', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'talker',
      pluginFiles(
        `secrets: ['password'], steps(ctx) { setTimeout(() => { throw new Error('no ' + ctx.answers.password); }, 1); return new Promise(() => undefined); }`,
      ),
    );
    const plugin = await rig.open('talker');
    await plugin.describeSteps({ password: PASSWORD });
    expect((await plugin.crashed).message).toContain('Error: no ***');
    expect(rig.logs.join('\n')).not.toContain(PASSWORD);
  });
});
