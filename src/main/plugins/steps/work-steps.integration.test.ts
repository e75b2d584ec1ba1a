import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pluginFiles } from '../plugin-rig.test-support.ts';
import { openLife } from '../testing/plugin-life.test-support.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'firstlight-work-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Starts a plugin whose second step does this work. */
async function start(work: string) {
  const plugin = path.join(folder, 'plugins', 'worker');
  await mkdir(plugin, { recursive: true });
  const steps = `steps: [
    { name: 'a', description: 'A', run() {} },
    { name: 'b', description: 'B', dependsOn: ['a'], work: ${work} },
  ]`;
  for (const [file, text] of Object.entries(pluginFiles(steps))) {
    await writeFile(path.join(plugin, file), text);
  }
  await using life = await openLife({
    home: path.join(folder, 'home'),
    pluginsFolder: path.join(folder, 'plugins'),
  });
  const started = await life.runner.start({ plugin: 'worker' }, { who: 'cli' });
  return { started, executions: life.engine.list().length };
}

describe('a plugin with work items that cannot be done', () => {
  it('is refused before anything runs where nobody does such work', async () => {
    expect(await start(`{ type: 'nosuch', config: {} }`)).toEqual({
      started: {
        ok: false,
        failure: {
          code: 'execution/no-executor',
          message: 'No executor does work of the type "nosuch", which the step "b" wants.',
        },
      },
      executions: 0,
    });
  });

  it('is refused before anything runs where a config is wrong', async () => {
    expect(await start(`{ type: 'command', config: { cmd: [] } }`)).toMatchObject({
      started: {
        failure: {
          code: 'execution/bad-work',
          message: expect.stringMatching(/^The config of the step "b" is wrong: \/cmd /) as string,
        },
      },
      executions: 0,
    });
  });
});
