import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPlanFile } from './check-plan-file.ts';
import { initKeys } from './init-keys.ts';
import {
  createPublishRig,
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

async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();
}

describe('a published plan', () => {
  it('lies as devices look for it, each target under its digest', async () => {
    await rig.plugin('one');
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    const { digest, plugins, folder, revision, expires } = valueOf(
      await rig.publish({ now: () => Date.UTC(2026, 0, 1) }),
    );
    expect({ folder, revision, expires }).toEqual({
      folder: rig.planFolder,
      revision: 1,
      expires: '2026-04-01T00:00:00Z',
    });
    expect(await filesIn(rig.to)).toEqual(
      [
        'execution_plan.toml',
        `${digest}.execution_plan.toml`,
        `plugins/${plugins[0]?.sha256 ?? ''}.one.tgz`,
        'metadata/1.root.json',
        'metadata/1.snapshot.json',
        'metadata/1.targets.json',
        'metadata/timestamp.json',
      ]
        .map((file) => `kiosk/1.0/${file}`)
        .sort(),
    );
    expect(await sha256Of(path.join(folder, 'execution_plan.toml'))).toBe(digest);
    expect(await sha256Of(path.join(folder, `plugins/${plugins[0]?.sha256 ?? ''}.one.tgz`))).toBe(
      plugins[0]?.sha256,
    );
  });

  it('pins the archives of its local plugins, and is else the plan as it was', async () => {
    await rig.plugin('one');
    const planFile = await rig.plan(planOf({ plugins: [pluginTable('one', '# why\n')] }));
    const before = await readFile(planFile, 'utf8');
    const { plugins, folder } = valueOf(await rig.publish());
    const published = path.join(folder, 'execution_plan.toml');
    expect(await readFile(published, 'utf8')).toBe(
      before.replace(
        'run_async = true\n',
        `run_async = true\nsha256 = "${plugins[0]?.sha256 ?? ''}"\n`,
      ),
    );
    expect(await readFile(planFile, 'utf8')).toBe(before);
    expect((await checkPlanFile(published)).check.ok).toBe(true);
  });

  it('says when it was signed, for the clocks of devices', async () => {
    await rig.plan(planOf());
    await rig.publish({ now: () => Date.UTC(2026, 0, 1, 12) });
    const timestamp = await readFile(path.join(rig.planFolder, 'metadata/timestamp.json'), 'utf8');
    expect(JSON.parse(timestamp)).toMatchObject({
      signed: { 'x-firstlight-signed-at': '2026-01-01T12:00:00Z' },
    });
  });

  it('can be read by everybody', async () => {
    await rig.plan(planOf());
    await rig.publish();
    const { mode } = await stat(path.join(rig.planFolder, 'execution_plan.toml'));
    expect(mode & 0o777).toBe(0o644);
  });

  it('has no metadata and no copies without keys', async () => {
    await rig.plugin('one');
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    const { plugins, written } = valueOf(await rig.publish({ unsigned: true }));
    expect(written).toEqual([`plugins/${plugins[0]?.sha256 ?? ''}.one.tgz`, 'execution_plan.toml']);
    expect(await filesIn(rig.planFolder)).toEqual([...written].sort());
  });

  it('is not written by a dry run', async () => {
    await rig.plan(planOf());
    expect(valueOf(await rig.publish({ dryRun: true })).written).toEqual([]);
    await expect(readdir(rig.to)).rejects.toThrow('ENOENT');
  });

  it('takes an archive as it is', async () => {
    const root = await rig.plugin('one');
    const archive = path.join(rig.plugins, 'one.tgz');
    await create({ cwd: root, file: archive, gzip: true, prefix: 'package' }, [
      './package.json',
      './index.js',
    ]);
    await rm(root, { recursive: true });
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    const { plugins } = valueOf(await rig.publish());
    expect(plugins).toEqual([{ name: 'one', sha256: await sha256Of(archive) }]);
  });

  it('comes with a warning where its plugin has another version', async () => {
    await rig.plugin('one', {
      'package.json': JSON.stringify({
        name: 'one',
        version: '2.0.0',
        firstlight: { apiVersion: 1, main: 'index.js' },
      }),
    });
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    expect(valueOf(await rig.publish()).warnings).toEqual([
      'Plugin "one": the plan says version 1.0.0, its package.json 2.0.0.',
    ]);
  });

  it('comes with a warning where its plugin needs packages that nobody will install', async () => {
    await rig.plugin('one', {
      'package.json': JSON.stringify({
        name: 'one',
        version: '1.0.0',
        dependencies: { firstlight: '1', dep: '1', other: '1' },
        bundleDependencies: ['dep'],
        firstlight: { apiVersion: 1, main: 'index.js' },
      }),
      'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0" }',
    });
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    expect(valueOf(await rig.publish()).warnings).toEqual([
      'Plugin "one" depends on other, which its archive does not hold; "bundleDependencies" in its package.json packs them.',
    ]);
  });

  it('leaves earlier archives and metadata where they are, for devices that still read them', async () => {
    await rig.plugin('one');
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    await rig.publish();
    const before = await filesIn(rig.planFolder);
    await rig.plugin('one', { 'index.js': 'export default { name: "new" };\n' });
    await rig.plan(planOf({ revision: 2, plugins: [pluginTable('one')] }));
    valueOf(await rig.publish());
    expect(await filesIn(rig.planFolder)).toEqual(expect.arrayContaining([...before]));
  });
});

describe('the same plan, published again', () => {
  it('is only signed anew, and its targets only when they would end before the rest', async () => {
    await rig.plugin('one');
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    const day = 24 * 60 * 60 * 1000;
    const publishOn = async (at: number) => valueOf(await rig.publish({ now: () => at * day }));
    await publishOn(0);
    const { isRenewal, written, expires } = await publishOn(30);
    expect({ isRenewal, written, expires }).toEqual({
      isRenewal: true,
      written: ['metadata/2.snapshot.json', 'metadata/timestamp.json'],
      expires: '1970-05-01T00:00:00Z',
    });
    expect((await publishOn(300)).written).toEqual([
      'metadata/2.targets.json',
      'metadata/3.snapshot.json',
      'metadata/timestamp.json',
    ]);
  });

  it('brings back an archive that was lost or damaged', async () => {
    await rig.plugin('one');
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    const { plugins } = valueOf(await rig.publish());
    const name = `plugins/${plugins[0]?.sha256 ?? ''}.one.tgz`;
    await writeFile(path.join(rig.planFolder, name), 'damaged');
    expect(valueOf(await rig.publish()).written[0]).toBe(name);
    expect(await sha256Of(path.join(rig.planFolder, name))).toBe(plugins[0]?.sha256);
  });

  it('counts on past files that an ended publication left behind', async () => {
    await rig.plan(planOf());
    await rig.publish();
    await writeFile(path.join(rig.planFolder, 'metadata/7.snapshot.json'), 'half a publication');
    expect(valueOf(await rig.publish()).written).toEqual([
      'metadata/8.snapshot.json',
      'metadata/timestamp.json',
    ]);
  });
});
