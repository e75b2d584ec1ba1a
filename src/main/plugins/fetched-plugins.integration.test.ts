import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { fail, type PluginEntry, type Result } from '#shared';
import { planEntry, pluginFiles, pluginRig } from './plugin-rig.test-support.ts';
import type { PluginSupply } from './supply/plugin-supply.ts';
import { unpackPlugin } from './unpack.ts';

/** A supply that has one archive, and says which entries it was asked for. */
function fakeSupply(get: (entry: PluginEntry) => Promise<Result<string>>) {
  const asked: string[] = [];
  const supply: PluginSupply = {
    prefetch: () => undefined,
    get: (entry, { onProgress }) => {
      asked.push(entry.name);
      onProgress({ percent: 50 });
      return get(entry);
    },
    whenIdle: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  };
  return { supply, asked };
}

const GONE = { code: 'plugin/unreachable', message: 'the server is gone' } as const;
const S3 = {
  plugin_location_type: 's3',
  plugin_base_path: 's3://bucket/tour.tgz',
} as const;

/** An archive of a plugin, and its digest. */
async function archiveOf(folder: string, name: string) {
  const root = path.join(folder, 'made', name, 'package');
  await mkdir(root, { recursive: true });
  for (const [file, content] of Object.entries(pluginFiles('initialize() {}'))) {
    await writeFile(path.join(root, file), content);
  }
  const archive = path.join(folder, `${name}.tgz`);
  await create({ file: archive, gzip: true, cwd: path.dirname(root) }, ['package']);
  const sha256 = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  return { archive, sha256 };
}

describe('a plugin that does not come with the device', () => {
  it('is fetched, and its progress is that of its start', async () => {
    let cacheFolder = '';
    let archive = '';
    const { supply } = fakeSupply(() => unpackPlugin({ archive, cacheFolder }));
    await using rig = await pluginRig({ supply });
    cacheFolder = rig.folders.cacheFolder;
    archive = (await archiveOf(rig.folder, 'tour')).archive;
    const opened = await rig.host.open(planEntry('tour', S3), rig.start);
    expect(opened.ok).toBe(true);
    expect(rig.progress).toContainEqual({ percent: 50, doing: 'fetching' });
  });

  it('fails as its supply does, under its own name', async () => {
    const { supply } = fakeSupply(() => Promise.resolve(fail(GONE)));
    await using rig = await pluginRig({ supply });
    expect(await rig.host.open(planEntry('tour', S3), rig.start)).toEqual({
      ok: false,
      failure: { ...GONE, message: 'Plugin "tour": the server is gone' },
    });
  });

  it('cannot be had where nothing is fetched', async () => {
    await using rig = await pluginRig();
    expect(await rig.host.open(planEntry('tour', S3), rig.start)).toMatchObject({
      failure: { code: 'plugin/unreachable' },
    });
  });
});

describe('a local plugin that is pinned', () => {
  it('is the one of the device where that has the digest', async () => {
    const { supply, asked } = fakeSupply(() => Promise.resolve(fail(GONE)));
    await using rig = await pluginRig({ supply });
    const { sha256, archive } = await archiveOf(rig.folder, 'tour');
    await writeFile(path.join(rig.folders.pluginsFolder, 'tour.tgz'), await readFile(archive));
    const opened = await rig.host.open(planEntry('tour', { sha256 }), rig.start);
    expect(opened.ok).toBe(true);
    expect(asked).toEqual([]);
  });

  it('is fetched where the device has another version, or none', async () => {
    const { supply, asked } = fakeSupply(() => Promise.resolve(fail(GONE)));
    await using rig = await pluginRig({ supply });
    const sha256 = 'ab'.repeat(32);
    await rig.addPlugin('tour', pluginFiles('initialize() {}'));
    await rig.host.open(planEntry('tour', { sha256 }), rig.start);
    await rig.host.open(planEntry('other', { sha256 }), rig.start);
    expect(asked).toEqual(['tour', 'other']);
  });

  it('that cannot be fetched either says what is wrong with the one of the device', async () => {
    const { supply } = fakeSupply(() => Promise.resolve(fail(GONE)));
    await using rig = await pluginRig({ supply });
    await rig.addPlugin('tour', pluginFiles('initialize() {}'));
    const opened = await rig.host.open(planEntry('tour', { sha256: 'ab'.repeat(32) }), rig.start);
    expect(opened).toMatchObject({ failure: { code: 'plugin/unreachable' } });
    expect(opened.ok ? '' : opened.failure.hint).toContain('is a folder');
  });
});

describe('a local plugin without a digest', () => {
  it('is never fetched: nothing would say that it is the one', async () => {
    const { supply, asked } = fakeSupply(() => Promise.resolve(fail(GONE)));
    await using rig = await pluginRig({ supply });
    expect(await rig.host.open(planEntry('tour'), rig.start)).toMatchObject({
      failure: { code: 'plugin/not-found' },
    });
    expect(asked).toEqual([]);
  });
});
