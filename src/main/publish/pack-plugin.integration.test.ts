import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { list } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packPlugin } from './pack-plugin.ts';
import {
  createPublishRig,
  failureOf,
  valueOf,
  type PublishRig,
} from './testing/publish-rig.test-support.ts';

let rig: PublishRig;
beforeEach(async () => {
  rig = await createPublishRig();
});
afterEach(() => rig.dispose());

async function entriesOf(archive: string): Promise<readonly string[]> {
  const entries: string[] = [];
  await list({
    file: archive,
    onReadEntry: ({ path: name, mode = 0 }) => {
      entries.push(`${name} ${mode.toString(8)}`);
    },
  });
  return entries;
}

async function pack(folder: string, name = 'packed.tgz'): Promise<string> {
  const archive = path.join(rig.folder, name);
  valueOf(await packPlugin(folder, archive));
  return archive;
}

describe('packPlugin', () => {
  it('takes what npm takes: `files`, ignore files at any depth, links left out', async () => {
    const folder = await rig.plugin('one', {
      'package.json': JSON.stringify({
        name: 'one',
        version: '1.0.0',
        files: ['index.js', 'web', '*.json', '!secret.json'],
        bundleDependencies: ['dep'],
        dependencies: { dep: '1.0.0' },
        firstlight: { apiVersion: 1, main: 'index.js' },
      }),
      'README.md': '',
      'notes.txt': '',
      'data.json': '{}',
      'secret.json': '{}',
      'web/index.html': '',
      'web/.npmignore': '*.map\n',
      'web/app.js': '',
      'web/app.js.map': '',
      'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.0" }',
      'node_modules/dep/index.js': '',
    });
    await symlink('index.js', path.join(folder, 'web/link.js'));
    const ours = (await entriesOf(await pack(folder))).map((entry) => entry.split(' ')[0]);
    // What npm itself packs is the measure.
    execFileSync('npm', ['pack', '--silent', '--pack-destination', rig.folder], { cwd: folder });
    const npms = await entriesOf(path.join(rig.folder, 'one-1.0.0.tgz'));
    expect(ours).toEqual(npms.map((entry) => entry.split(' ')[0]).sort());
    expect(ours).toContain('package/node_modules/dep/index.js');
    expect(ours).not.toContain('package/web/app.js.map');
  });

  it('gives the same bytes for the same files, whenever and wherever they were checked out', async () => {
    const files = { 'web/b.js': 'b', 'web/a.js': 'a', 'run.sh': '#!/bin/sh\n' };
    const one = await rig.plugin('one', files);
    await chmod(path.join(one, 'run.sh'), 0o755);
    const first = await readFile(await pack(one, 'first.tgz'));

    const moved = path.join(rig.folder, 'elsewhere', 'one');
    await mkdir(path.dirname(moved));
    await rename(one, moved);
    await utimes(path.join(moved, 'index.js'), 1, 1);
    await chmod(path.join(moved, 'index.js'), 0o600);
    await chmod(path.join(moved, 'run.sh'), 0o700);
    const second = await readFile(await pack(moved, 'second.tgz'));
    expect(second.equals(first)).toBe(true);
    expect(await entriesOf(path.join(rig.folder, 'second.tgz'))).toEqual([
      'package/index.js 644',
      'package/package.json 644',
      'package/run.sh 755',
      'package/web/a.js 644',
      'package/web/b.js 644',
    ]);
  });

  it('runs none of the package’s scripts', async () => {
    const folder = await rig.plugin('one', {
      'package.json': JSON.stringify({
        name: 'one',
        version: '1.0.0',
        scripts: { prepack: 'touch ran', prepare: 'touch ran' },
        firstlight: { apiVersion: 1, main: 'index.js' },
      }),
    });
    await pack(folder);
    await expect(readFile(path.join(folder, 'ran'))).rejects.toThrow('ENOENT');
  });

  it('says what npm says where it refuses', async () => {
    const folder = await rig.plugin('one');
    await writeFile(path.join(folder, 'package.json'), '{ "name": "one" }');
    expect(failureOf(await packPlugin(folder, path.join(rig.folder, 'x.tgz')))).toMatch(
      /^publish\/not-packed: .*one cannot be packed: .*version/i,
    );
  });
});
