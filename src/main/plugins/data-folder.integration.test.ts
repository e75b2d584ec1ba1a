import { readFile, stat, writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isolations, planEntry, pluginRig, type PluginRig } from './plugin-rig.test-support.ts';
import { steppedFiles } from './steps/testing/stepped-plugin.test-support.ts';

const LEVELS = await isolations();

const KEEPS_FILES = { dataFolder: true };
const ROUTES = `routes: {
  where: (body, ctx) => ctx.dataFolder,
  write: async (text, ctx) => (await import('node:fs')).writeFileSync(ctx.dataFolder + '/kept.txt', text),
  read: async (body, ctx) => (await import('node:fs')).readFileSync(ctx.dataFolder + '/kept.txt', 'utf8'),
  writeBeside: async (file) => (await import('node:fs')).writeFileSync(file, 'not mine'),
}`;

/** Where the rig's plugin is to have its folder. */
function folderOf(rig: PluginRig): string {
  return path.join(rig.folders.dataFolder, 'keeper');
}

describe.each(LEVELS)("a plugin's data folder, isolated by %s,", (isolation) => {
  it('is its own to write, is for its owner alone, and stays over restarts', async () => {
    await using rig = await pluginRig({ isolation, spare: true });
    await rig.addPlugin('keeper', steppedFiles(ROUTES, KEEPS_FILES));
    const first = await rig.open('keeper');
    expect(await first.call('where', null)).toEqual({ ok: true, value: folderOf(rig) });
    expect(await first.call('write', 'kept')).toEqual({ ok: true, value: null });
    expect((await stat(folderOf(rig))).mode & 0o777).toBe(0o700);
    expect(await readFile(path.join(folderOf(rig), 'kept.txt'), 'utf8')).toBe('kept');
    const again = await rig.open('keeper');
    expect(await again.call('read', null)).toEqual({ ok: true, value: 'kept' });
  });

  it('stays when the plugin is updated', async () => {
    await using rig = await pluginRig({ isolation });
    await rig.addPlugin('keeper', steppedFiles(ROUTES, KEEPS_FILES));
    await (await rig.open('keeper')).call('write', 'kept');
    await rig.addPlugin('newer', steppedFiles(ROUTES, KEEPS_FILES));
    const newer = await rig.open('keeper', { plugin_base_path: './newer' });
    expect(await newer.call('read', null)).toEqual({ ok: true, value: 'kept' });
  });

  it('is all that it may write of the state of the app', async () => {
    await using rig = await pluginRig({ isolation });
    await rig.addPlugin('keeper', steppedFiles(ROUTES, KEEPS_FILES));
    const keeper = await rig.open('keeper');
    const other = path.join(rig.folders.dataFolder, 'other');
    await mkdir(other);
    await writeFile(path.join(other, 'theirs.txt'), 'theirs');
    const reply = await keeper.call('writeBeside', path.join(other, 'theirs.txt'));
    expect(reply.ok).toBe(isolation === 'none');
    const left = await readFile(path.join(other, 'theirs.txt'), 'utf8');
    expect(left).toBe(isolation === 'none' ? 'not mine' : 'theirs');
  });
});

describe('a plugin that asks for no data folder', () => {
  it('has none', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'plain',
      steppedFiles(`routes: { where: (b, ctx) => String(ctx.dataFolder) }`),
    );
    const plain = await rig.open('plain');
    expect(await plain.call('where', null)).toEqual({ ok: true, value: 'undefined' });
    await expect(stat(rig.folders.dataFolder)).rejects.toThrow('ENOENT');
  });
});

describe('a data folder that cannot be made', () => {
  it('is a failure that names it', async () => {
    await using rig = await pluginRig();
    await writeFile(rig.folders.dataFolder, 'in the way');
    await rig.addPlugin('keeper', steppedFiles(ROUTES, KEEPS_FILES));
    expect(await rig.host.open(planEntry('keeper'), rig.start)).toMatchObject({
      ok: false,
      failure: {
        code: 'shell/read-only',
        message: expect.stringContaining(folderOf(rig)) as string,
      },
    });
  });
});
