import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createPublishRig,
  planOf,
  pluginTable,
  type PublishRig,
} from '../publish/testing/publish-rig.test-support.ts';
import { runCli } from './testing/run-cli.test-support.ts';

let rig: PublishRig;
beforeEach(async () => {
  rig = await createPublishRig();
});
afterEach(() => rig.dispose());

const firstlight = (...args: readonly string[]) => runCli(rig.folder, args);

describe('trust and publish', () => {
  it('make keys, a signed plan, and say who signed it', async () => {
    await rig.plan(planOf());
    const made = await firstlight('trust', 'init', 'keys', '--threshold', '2', '--keys', '3');
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain('root-1.pem, root-2.pem, root-3.pem: keep offline');
    expect(made.out).toContain('resources/trust/');

    const published = await firstlight('publish', 'plan.toml', '--to', 'out', '--keys', 'keys');
    expect(published).toMatchObject({ code: 0, err: '' });
    expect(published.out).toMatch(/^Published revision 1 to out\/kiosk\/1\.0, good until 20/);
    expect(published.out).toContain('aws s3 sync out s3://BUCKET/PREFIX');

    const rotated = await firstlight('trust', 'rotate', 'keys', '--role', 'timestamp');
    expect(rotated.out).toMatch(/^Made root version 2 in keys .*\n.*timestamp-2\n.*timestamp-1\n/);

    const again = ['trust', 'rotate', 'keys', '--role', 'timestamp', '--use', 'timestamp-2'];
    const unchanged = await firstlight(...again);
    expect(unchanged).toMatchObject({ code: 0, err: '' });
    expect(unchanged.out).toContain('Nothing to change: in root version 2 of keys, timestamp has');

    const shown = await firstlight('trust', 'show', 'out', '--json');
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(shown.out)).toMatchObject({
      reports: [{ kind: 'repository', rootVersion: 1, roles: { root: { threshold: 2 } } }],
    });
  });

  it('ask for keys, or for a word that there are none', async () => {
    await rig.plan(planOf());
    expect(await firstlight('publish', 'plan.toml', '--to', 'out')).toEqual({
      code: 2,
      out: '',
      err: 'Say which keys to sign with: --keys KEYS (`firstlight trust init KEYS` makes some), or --unsigned.\n',
    });
    expect(await firstlight('publish', 'plan.toml', '--to', 'out', '--unsigned')).toMatchObject({
      code: 0,
    });
  });

  it('show all errors of a plan as the checker does, and publish nothing', async () => {
    await rig.plan(planOf().replace('"kiosk"', '3'));
    const { code, out, err } = await firstlight(
      'publish',
      'plan.toml',
      '--to',
      'out',
      '--unsigned',
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('plan.toml:2:18 error plan/wrong-type');
    expect(err).toContain('publish/invalid-plan: plan.toml has 1 error; nothing was published.');
    expect(existsSync(path.join(rig.folder, 'out'))).toBe(false);
  });

  it('show warnings, and publish all the same', async () => {
    await rig.plan(`${planOf()}[handoffs]\nhandoff_events = ["Never"]\n`);
    const { code, err } = await firstlight('publish', 'plan.toml', '--to', 'out', '--unsigned');
    expect(code).toBe(0);
    expect(err).toContain('warning plan/handoff-never-raised');
  });

  it('name every problem for tools in one document', async () => {
    await rig.plan(planOf({ plugins: [pluginTable('one'), pluginTable('two')] }));
    const { code, out } = await firstlight(
      ...['publish', 'plan.toml', '--to', 'out', '--unsigned', '--plugins', 'plugins', '--json'],
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      failures: [{ code: 'plugin/not-found' }, { code: 'plugin/not-found' }],
      diagnostics: expect.any(Array) as unknown,
    });
  });

  it('know their options', async () => {
    expect((await firstlight('trust', 'rotate', 'keys', '--role', 'boss')).code).toBe(2);
    expect((await firstlight('trust', 'init', 'keys', '--threshold', '0')).code).toBe(2);
    expect((await firstlight('publish', 'plan.toml')).code).toBe(2);
  });
});
