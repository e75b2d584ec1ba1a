import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findChromium } from './find-chromium.mjs';
import { fetchElectronOnce, findElectron } from './find-electron.mjs';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'firstlight-find-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function program(...parts: string[]): string {
  const path = join(...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

describe('the search for Chromium', () => {
  const find = (env: NodeJS.ProcessEnv) =>
    findChromium({ env: { PLAYWRIGHT_BROWSERS_PATH: '/nowhere', ...env }, platform: 'linux' });

  it('takes the one that is named', () => {
    const path = program(folder(), 'my-browser');
    expect(find({ CHROMIUM_PATH: path, PATH: '' })).toBe(path);
  });

  it('takes no other for one that is named and not there', () => {
    const bin = folder();
    program(bin, 'chromium');
    expect(find({ CHROMIUM_PATH: '/nowhere/chromium', PATH: bin })).toBeUndefined();
  });

  it('goes along the PATH, by the best name first', () => {
    const bin = folder();
    program(bin, 'google-chrome');
    const best = program(bin, 'chromium');
    expect(find({ PATH: `/nowhere:${bin}` })).toBe(best);
  });

  it('takes no file that cannot be run', () => {
    const bin = folder();
    writeFileSync(join(bin, 'chromium'), '');
    expect(find({ PATH: bin })).toBeUndefined();
  });

  it("takes Playwright's own, the newest", () => {
    const cache = folder();
    program(cache, 'chromium-1100/chrome-linux/chrome');
    const newest = program(cache, 'chromium-1200/chrome-linux/chrome');
    expect(find({ PATH: '', PLAYWRIGHT_BROWSERS_PATH: cache })).toBe(newest);
  });
});

describe("the search for Electron's binary", () => {
  it('takes it from where its installer puts it', () => {
    const root = folder();
    const binary = program(root, 'node_modules/electron/dist/electron');
    expect(findElectron({ root, env: {} })).toBe(binary);
  });

  it('takes the one that is named', () => {
    const root = folder();
    const binary = program(root, 'elsewhere/electron');
    expect(findElectron({ root, env: { ELECTRON_EXEC_PATH: binary } })).toBe(binary);
    expect(
      findElectron({ root, env: { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'elsewhere') } }),
    ).toBe(binary);
  });

  it('finds none in a fresh clone', () => {
    expect(findElectron({ root: folder(), env: {} })).toBeUndefined();
  });
});

describe("fetching Electron's binary", () => {
  /** A clone whose Electron package has this install script. */
  function clone(script: string): string {
    const root = folder();
    mkdirSync(join(root, 'node_modules/electron'), { recursive: true });
    writeFileSync(join(root, 'node_modules/electron/install.js'), script);
    return root;
  }
  const unpack = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    mkdirSync(__dirname + '/dist');
    writeFileSync(__dirname + '/dist/electron', '');`;

  it('runs the install script of its package', async () => {
    const root = clone(unpack);
    expect(await fetchElectronOnce({ root })).toBe(
      join(root, 'node_modules/electron/dist/electron'),
    );
  });

  it('is tried once in a clone', async () => {
    const root = clone(
      `require('node:fs').appendFileSync(__dirname + '/tries', 'x'); process.exit(1);`,
    );
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    expect(await fetchElectronOnce({ root, log })).toBeUndefined();
    expect(await fetchElectronOnce({ root, log })).toBeUndefined();
    expect(lines).toHaveLength(1);
  });

  it('is given up when its time is over', async () => {
    const root = clone(`setInterval(() => undefined, 1000);`);
    expect(await fetchElectronOnce({ root, limitMs: 200 })).toBeUndefined();
    expect(existsSync(join(root, 'node_modules/.cache/firstlight/electron-tried'))).toBe(true);
  });
});
