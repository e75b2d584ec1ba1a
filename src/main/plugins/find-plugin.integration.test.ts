import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPlugin } from './find-plugin.ts';
import { planEntry } from './plugin-rig.test-support.ts';

let folder: string;
let plugins: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-find-'));
  plugins = path.join(folder, 'plugins');
  await mkdir(plugins);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function addPackage(place: string, json: object = { firstlight: {} }): Promise<void> {
  await mkdir(place, { recursive: true });
  await writeFile(path.join(place, 'package.json'), JSON.stringify(json));
}
async function addFile(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '');
}
function find(basePath: string, name = 'settings') {
  return findPlugin(plugins, planEntry(name, { plugin_base_path: basePath }));
}

describe('findPlugin', () => {
  it('finds the package of that name below the base path', async () => {
    await addPackage(path.join(plugins, 'settings'));
    const value = { kind: 'package', path: path.join(plugins, 'settings') };
    expect(await find('./')).toEqual({ ok: true, value });
    expect(await find('')).toEqual({ ok: true, value });
  });

  it('takes the base path itself if that is a plugin or a file', async () => {
    await addPackage(path.join(plugins, 'team', 'wizard'));
    await addFile(path.join(plugins, 'team', 'wizard-1.0.0.tgz'));
    expect(await find('team/wizard')).toMatchObject({ ok: true, value: { kind: 'package' } });
    expect(await find('team/wizard-1.0.0.tgz')).toMatchObject({
      ok: true,
      value: { kind: 'archive' },
    });
  });

  it('prefers the folder of that name to its archive', async () => {
    await addFile(path.join(plugins, 'settings.tgz'));
    expect(await find('./')).toMatchObject({ ok: true, value: { kind: 'archive' } });
    await addPackage(path.join(plugins, 'settings'));
    expect(await find('./')).toMatchObject({ ok: true, value: { kind: 'package' } });
  });

  it('passes over a package.json of the plugins folder that is no plugin', async () => {
    await addPackage(plugins, { name: 'all-our-plugins' });
    await addPackage(path.join(plugins, 'settings'));
    expect(await find('./')).toMatchObject({
      ok: true,
      value: { path: path.join(plugins, 'settings') },
    });
  });

  it('takes a package that is no plugin where there is nothing better, so that it can be named', async () => {
    await addPackage(path.join(plugins, 'settings'), { name: 'settings' });
    expect(await find('settings')).toMatchObject({ ok: true, value: { kind: 'package' } });
  });

  it('says where it looked', async () => {
    expect(await find('team')).toEqual({
      ok: false,
      failure: {
        code: 'plugin/not-found',
        message:
          `Plugin "settings" is not there; looked for ${plugins}/team, ` +
          `${plugins}/team/settings, ${plugins}/team/settings.tgz.`,
        hint: 'Expected a folder with a package.json that has a "firstlight" object, or its archive made by `npm pack`.',
      },
    });
  });

  it.each(['../outside', '/etc', 'a/../../outside'])(
    'does not leave the plugins folder (%s)',
    async (basePath) => {
      await addPackage(path.join(folder, 'outside'));
      expect(await find(basePath)).toMatchObject({
        ok: false,
        failure: {
          code: 'plugin/not-found',
          message: expect.stringContaining('leads out') as string,
        },
      });
    },
  );

  it('does not leave the plugins folder by a link', async () => {
    await addPackage(path.join(folder, 'outside'));
    await symlink(path.join(folder, 'outside'), path.join(plugins, 'settings'));
    expect(await find('./')).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('leads out') as string },
    });
  });
});
