import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '#shared';
import { initKeys } from './init-keys.ts';
import { whileLocked } from './publish-lock.ts';
import {
  createPublishRig,
  failureOf,
  planOf,
  pluginTable,
  valueOf,
  type PublishRig,
} from './testing/publish-rig.test-support.ts';

let rig: PublishRig;
beforeEach(async () => {
  rig = await createPublishRig();
  valueOf(await initKeys({ folder: rig.keys }));
});
afterEach(() => rig.dispose());

describe('nothing is published', () => {
  it('of a plan with errors; the checker says which', async () => {
    await rig.plan(planOf().replace('"kiosk"', '3').replace('"local"', '"nowhere"'));
    const refused = await rig.publish();
    expect(failureOf(refused)).toBe(
      'publish/invalid-plan: plan.toml has 2 errors; nothing was published.',
    );
    expect(refused).toMatchObject({ failure: { check: { diagnostics: { length: 2 } } } });
    await expect(readdir(rig.to)).rejects.toThrow('ENOENT');
  });

  it('while a plugin is missing; all that are wrong are said', async () => {
    await rig.plugin('two', { 'package.json': '{' });
    const https = pluginTable('three')
      .replace('"local"', '"https"')
      .replace('"./"', '"https://x.example/3.tgz"');
    await rig.plan(planOf({ plugins: [pluginTable('one'), https] }));
    const refused = await rig.publish();
    expect(failureOf(refused)).toContain('plugin/not-found: Plugin "one" is not there');
    expect(refused).toMatchObject({
      failure: {
        more: [
          {
            code: 'publish/not-pinned',
            message: 'Plugin "three" comes from https://x.example/3.tgz and has no sha256.',
          },
        ],
      },
    });
  });

  it('of a plugin whose archive lacks what its package names', async () => {
    await rig.plugin('one', {
      'package.json': JSON.stringify({
        name: 'one',
        version: '1.0.0',
        files: ['other.js'],
        firstlight: { apiVersion: 1, main: 'index.js' },
      }),
      'other.js': '',
    });
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    expect(failureOf(await rig.publish())).toMatch(
      /^plugin\/bad-manifest: Plugin "one", as its archive holds it \(from .*one\): .*`firstlight\.main`/,
    );
  });

  it('of a plugin that needs a link, which no archive holds', async () => {
    const folder = await rig.plugin('one', { 'real.js': '' });
    await rm(path.join(folder, 'index.js'));
    await symlink('real.js', path.join(folder, 'index.js'));
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    const refused = await rig.publish();
    expect(failureOf(refused)).toMatch(/^plugin\/bad-manifest: .*`firstlight\.main`/);
    expect(refused).toMatchObject({
      failure: {
        hint: 'Links, pipes and the like cannot be in an archive: put plain files in the place of index.js.',
      },
    });
  });

  it.skipIf(process.platform === 'win32').each([
    ['a:b.txt', 'holds a character that Windows has no names with'],
    ['web/a:b.txt', 'holds a character that Windows has no names with'],
    ['aux.js', 'has the part "aux.js", which is a device on Windows'],
  ])('of a plugin with a file that no device unpacks, %s', async (file, rule) => {
    const folder = await rig.plugin('one', { [file]: '' });
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    expect(failureOf(await rig.publish())).toBe(
      `publish/not-packed: ${folder} cannot be packed, for no device would unpack it: the path "package/${file}" ${rule}.`,
    );
  });

  it('of what is no archive', async () => {
    await writeFile(path.join(rig.plugins, 'one.tgz'), 'text');
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    expect(failureOf(await rig.publish())).toContain('plugin/bad-archive: one.tgz is no plugin');
  });

  it('where a pinned digest does not fit, unless it may be replaced', async () => {
    await rig.plugin('one');
    await rig.plan(planOf({ plugins: [pluginTable('one', `sha256 = "${'0'.repeat(64)}"\n`)] }));
    expect(failureOf(await rig.publish())).toMatch(
      /^plugin\/wrong-digest: .* has the digest [0-9a-f]{64}, but the plan pins 0{64}\.$/,
    );
    const { plugins, folder } = valueOf(await rig.publish({ repin: true }));
    const text = await readFile(path.join(folder, 'execution_plan.toml'), 'utf8');
    expect(parse(text)).toMatchObject({ plugins: [{ sha256: plugins[0]?.sha256 }] });
  });

  it('with a lower revision, or another plan with the same', async () => {
    await rig.plan(planOf({ revision: 5 }));
    valueOf(await rig.publish());
    await rig.plan(planOf({ revision: 4 }));
    expect(failureOf(await rig.publish())).toBe(
      'publish/old-revision: The plan has revision 4, but revision 5 is published already.',
    );
    await rig.plan(`${planOf({ revision: 5 })}# other\n`);
    expect(failureOf(await rig.publish())).toMatch(
      /^publish\/old-revision: Revision 5 is published already, with other content/,
    );
  });

  it('without keys, where devices expect signatures', async () => {
    await rig.plan(planOf());
    valueOf(await rig.publish());
    await rig.plan(planOf({ revision: 2 }));
    expect(failureOf(await rig.publish({ unsigned: true }))).toBe(
      `publish/no-keys: ${rig.planFolder} is signed, and devices that know its root would not see an unsigned plan.`,
    );
  });

  it('with keys that are not there; says how to make some', async () => {
    await rig.plan(planOf());
    const keys = path.join(rig.folder, 'none');
    expect(await rig.publish({ keys })).toEqual({
      ok: false,
      failure: {
        code: 'publish/no-keys',
        message: `There are no keys in ${keys}.`,
        hint: `Make some with \`firstlight trust init ${keys}\`, or publish without signatures with --unsigned.`,
      },
    });
  });

  it('with the keys of somebody else', async () => {
    await rig.plan(planOf());
    valueOf(await rig.publish());
    const keys = path.join(rig.folder, 'others');
    valueOf(await initKeys({ folder: keys }));
    expect(failureOf(await rig.publish({ keys }))).toBe(
      `publish/bad-repository: ${rig.planFolder} was signed by other keys: its 1.root.json is not that of ${keys}.`,
    );
  });

  it('onto metadata that is damaged, since the next version cannot be told', async () => {
    await rig.plan(planOf());
    valueOf(await rig.publish());
    const file = path.join(rig.planFolder, 'metadata/1.snapshot.json');
    await writeFile(file, '{');
    expect(failureOf(await rig.publish())).toContain(
      `publish/bad-repository: ${file} cannot be read: `,
    );
  });

  it('while somebody else is publishing there', async () => {
    await rig.plan(planOf());
    await mkdir(path.join(rig.planFolder, '.publishing'), { recursive: true });
    await writeFile(path.join(rig.planFolder, '.publishing/owner.txt'), 'Process 7 on build-1');
    expect(failureOf(await rig.publish())).toBe(
      `publish/locked: Process 7 on build-1 is publishing to ${rig.planFolder}.`,
    );
  });

  it('while a living process of this machine is publishing there', async () => {
    await rig.plan(planOf());
    await mkdir(rig.planFolder, { recursive: true });
    await whileLocked(rig.planFolder, async () => {
      expect(failureOf(await rig.publish())).toBe(
        `publish/locked: Process ${process.pid} on ${hostname()} is publishing to ${rig.planFolder}.`,
      );
      return ok(undefined);
    });
    valueOf(await rig.publish());
  });

  it('where a file stands in the place of the folder', async () => {
    await rig.plan(planOf());
    await writeFile(rig.to, '');
    expect(failureOf(await rig.publish())).toMatch(/^publish\/not-written: .*ENOTDIR/);
  });
});
