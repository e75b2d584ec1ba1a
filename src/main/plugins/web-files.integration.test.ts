import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planEntry } from './plugin-rig.test-support.ts';
import { webFile, type WebSource } from './web-files.ts';

let folder: string;
let source: WebSource;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-web-'));
  const webRoot = path.join(folder, 'web');
  await mkdir(path.join(webRoot, 'pages'), { recursive: true });
  await mkdir(path.join(webRoot, '.git'));
  for (const file of [
    'index.html',
    'a b.css',
    'pages/index.html',
    '.env',
    '.git/config',
    'x.bin',
  ]) {
    await writeFile(path.join(webRoot, file), '');
  }
  await writeFile(path.join(folder, 'secret.txt'), '');
  await symlink(path.join(folder, 'secret.txt'), path.join(webRoot, 'link.txt'));
  await symlink(path.join(webRoot, 'a b.css'), path.join(webRoot, 'inner.css'));
  source = { entry: planEntry('settings'), package: { webRoot } };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const under = (file: string) => path.join(folder, 'web', file);

describe('webFile', () => {
  it.each([
    ['/', 'index.html', 'text/html; charset=utf-8'],
    ['', 'index.html', 'text/html; charset=utf-8'],
    ['/a%20b.css?v=1', 'a b.css', 'text/css; charset=utf-8'],
    ['/pages', 'pages/index.html', 'text/html; charset=utf-8'],
    ['/pages/#top', 'pages/index.html', 'text/html; charset=utf-8'],
    ['/x.bin', 'x.bin', 'application/octet-stream'],
    ['/inner.css', 'a b.css', 'text/css; charset=utf-8'],
  ])('serves %s', async (address, file, type) => {
    expect(await webFile(source, address)).toEqual({
      ok: true,
      value: { path: under(file), type },
    });
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/pages/..%5c..%5csecret.txt',
    '/link.txt',
    '/.env',
    '/.git/config',
    '/missing.js',
    '/%',
    '/a%00b',
    '/c:/windows',
  ])('has nothing at %s', async (address) => {
    expect(await webFile(source, address)).toEqual({
      ok: false,
      failure: {
        code: 'plugin/not-found',
        message: `The screen of plugin "settings" has no file ${JSON.stringify(address)}.`,
      },
    });
  });

  it('has nothing of a plugin without a screen', async () => {
    expect(await webFile({ entry: planEntry('inventory'), package: {} }, '/')).toMatchObject({
      ok: false,
    });
  });
});
