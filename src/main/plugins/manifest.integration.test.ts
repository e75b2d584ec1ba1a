import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPackage } from './manifest.ts';

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-manifest-'));
  root = path.join(folder, 'settings');
  await mkdir(path.join(root, 'web'), { recursive: true });
  await writeFile(path.join(root, 'index.js'), '');
  await writeFile(path.join(root, 'web', 'index.html'), '');
  await writeFile(path.join(folder, 'secret.js'), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(json: unknown) {
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  await writeFile(path.join(root, 'package.json'), text);
  const result = await readPackage(root);
  return result.ok ? result.value : result.failure.message;
}
const whole = { name: 'settings', version: '1.0.0' };

describe('readPackage', () => {
  it('gives real paths of what the manifest names', async () => {
    const firstlight = { apiVersion: 1, main: './index.js', web: 'web' };
    expect(await read({ ...whole, firstlight })).toEqual({
      root,
      name: 'settings',
      version: '1.0.0',
      manifest: firstlight,
      main: path.join(root, 'index.js'),
      webRoot: path.join(root, 'web'),
    });
  });

  it.each([
    ['no JSON', '{ "name": ', /^settings\/package\.json: it is no JSON \(.+\)\.$/],
    ['a list', [], /must be an object|must hold an object|is missing/],
    ['no firstlight object', whole, /^settings\/package\.json: `firstlight` is missing\.$/],
    [
      'all that is wrong at once',
      { name: 7, firstlight: { apiVersion: 2 } },
      'settings/package.json: `name` must be a string, but is 7; `version` is missing; ' +
        '`firstlight.apiVersion` must be 1, but is 2; `firstlight.main` is missing.',
    ],
    [
      'a main outside',
      { ...whole, firstlight: { apiVersion: 1, main: '../secret.js' } },
      'settings/package.json: `firstlight.main` "../secret.js" is outside the package.',
    ],
    [
      'a main that is not there',
      { ...whole, firstlight: { apiVersion: 1, main: 'lib.js' } },
      'settings/package.json: `firstlight.main` names "lib.js", which is not there.',
    ],
    [
      'a main that is a folder',
      { ...whole, firstlight: { apiVersion: 1, main: 'web' } },
      'settings/package.json: `firstlight.main` "web" is no file.',
    ],
    [
      'a web that is a file',
      { ...whole, firstlight: { apiVersion: 1, main: 'index.js', web: 'index.js' } },
      'settings/package.json: `firstlight.web` "index.js" is no folder.',
    ],
  ])('says in words: %s', async (_what, json, message) => {
    expect(await read(json)).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  it('follows links before it decides what is outside', async () => {
    await symlink(path.join(folder, 'secret.js'), path.join(root, 'link.js'));
    expect(await read({ ...whole, firstlight: { apiVersion: 1, main: 'link.js' } })).toBe(
      'settings/package.json: `firstlight.main` "link.js" is outside the package.',
    );
  });

  it('wants an index.html in the folder of the screen', async () => {
    await rm(path.join(root, 'web', 'index.html'));
    const firstlight = { apiVersion: 1, main: 'index.js', web: 'web' };
    expect(await read({ ...whole, firstlight })).toBe(
      'settings/package.json: `firstlight.web` names the folder "web", which has no index.html.',
    );
  });
});
