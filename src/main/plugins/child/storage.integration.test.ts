import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../state/node-files.ts';
import { openStorage } from './storage.ts';

let folder: string;
let file: string;
let warnings: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-storage-'));
  file = path.join(folder, 'storage', 'settings.json');
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openStorage({ files: nodeFiles, file, warn: (text) => warnings.push(text) });

describe('storage', () => {
  it('keeps values over a restart', async () => {
    const before = await open();
    await before.set('name', 'Kitchen');
    await before.set('rooms', [1, 2]);
    await before.delete('name');
    const after = await open();
    expect(await after.keys()).toEqual(['rooms']);
    expect(await after.get('rooms')).toEqual([1, 2]);
    expect(await after.get('name')).toBeUndefined();
  });

  it('takes changes in the order in which they were asked for', async () => {
    const storage = await open();
    void storage.set('n', 1);
    void storage.delete('n');
    void storage.set('n', 3);
    expect(await storage.get('n')).toBe(3);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ n: 3 });
  });

  it('hands out copies', async () => {
    const storage = await open();
    const list = [1];
    await storage.set('list', list);
    list.push(2);
    expect(await storage.get('list')).toEqual([1]);
  });

  it('refuses what is over 1 MiB, and keeps what was there', async () => {
    const storage = await open();
    await storage.set('a', 'small');
    await expect(storage.set('b', 'x'.repeat(1024 * 1024))).rejects.toThrow(
      'the storage is full (1 MiB)',
    );
    await storage.set('c', 'also small');
    expect(await storage.keys()).toEqual(['a', 'c']);
  });

  it('refuses what is no JSON', async () => {
    const storage = await open();
    await expect(storage.set('n', Number.NaN)).rejects.toThrow(
      'storage holds JSON only, but it is NaN',
    );
  });

  it('sets a damaged file aside and begins empty', async () => {
    await (await open()).set('n', 1);
    await writeFile(file, '{ "n": 1');
    const storage = await open();
    expect(await storage.keys()).toEqual([]);
    expect(warnings).toEqual([
      `the storage was damaged and begins empty; it is kept as ${file}.damaged-1`,
    ]);
    await storage.set('n', 2);
    expect((await readdir(path.dirname(file))).sort()).toEqual([
      'settings.json',
      'settings.json.damaged-1',
    ]);
  });

  it('takes __proto__ for a key like any other', async () => {
    const storage = await open();
    await storage.set('__proto__', { polluted: true });
    expect(await (await open()).keys()).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });
});
