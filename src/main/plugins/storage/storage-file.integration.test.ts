import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStorage } from '../child/storage.ts';
import { nodeFiles } from '../../state/node-files.ts';
import { answerStorage } from './answer-storage.ts';
import { openStorageFile, type StorageFile } from './storage-file.ts';

let folder: string;
let file: string;
let warnings: string[];
let broken: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-storage-'));
  file = path.join(folder, 'storage', 'settings.json');
  warnings = [];
  broken = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openFile = (): StorageFile =>
  openStorageFile({ files: nodeFiles, file, warn: (text) => warnings.push(text) });

/** As a plugin has it, without the pipe between. */
const open = () => overPipe(openFile());

function overPipe(storage: StorageFile, backlog = () => 0) {
  const answers = answerStorage({
    storage: () => storage,
    backlog,
    breakOff: (why) => broken.push(why),
  });
  return createStorage(answers);
}

describe('storage', () => {
  it('keeps values over a restart', async () => {
    const before = open();
    await before.set('name', 'Kitchen');
    await before.set('rooms', [1, 2]);
    await before.delete('name');
    const after = open();
    expect(await after.keys()).toEqual(['rooms']);
    expect(await after.get('rooms')).toEqual([1, 2]);
    expect(await after.get('name')).toBeUndefined();
  });

  it('takes changes in the order in which they were asked for', async () => {
    const storage = open();
    void storage.set('n', 1);
    void storage.delete('n');
    void storage.set('n', 3);
    expect(await storage.get('n')).toBe(3);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ n: 3 });
  });

  it('hands out copies', async () => {
    const storage = open();
    const list = [1];
    await storage.set('list', list);
    list.push(2);
    expect(await storage.get('list')).toEqual([1]);
  });

  it('refuses what is over 1 MiB, and keeps what was there', async () => {
    const storage = open();
    await storage.set('a', 'small');
    await expect(storage.set('b', 'x'.repeat(1024 * 1024))).rejects.toThrow(
      'the storage is full (1 MiB)',
    );
    await storage.set('c', 'also small');
    expect(await storage.keys()).toEqual(['a', 'c']);
  });

  it('refuses what is no JSON', async () => {
    const storage = open();
    await expect(storage.set('n', Number.NaN)).rejects.toThrow(
      'storage holds JSON only, but it is NaN',
    );
  });

  it('sets a damaged file aside and begins empty', async () => {
    await open().set('n', 1);
    await writeFile(file, '{ "n": 1');
    const storage = open();
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

  it('writes all that is asked for during one write by one more', async () => {
    let writes = 0;
    const files = {
      ...nodeFiles,
      rename: (from: string, to: string) => {
        writes += 1;
        return nodeFiles.rename(from, to);
      },
    };
    const storage = overPipe(openStorageFile({ files, file, warn: () => undefined }));
    await Promise.all(Array.from({ length: 500 }, (_, n) => storage.set(`key ${n}`, n)));
    expect(writes).toBeLessThanOrEqual(2);
    expect(await open().keys()).toHaveLength(500);
  });

  it('fails what was asked for upon a change that could not be written, and goes on then', async () => {
    let isFull = false;
    const files = {
      ...nodeFiles,
      rename: async (from: string, to: string) => {
        if (isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'rename' });
        await nodeFiles.rename(from, to);
      },
    };
    const storage = overPipe(openStorageFile({ files, file, warn: () => undefined }));
    await storage.set('a', 1);
    isFull = true;
    const outcomes = await Promise.allSettled([storage.set('b', 2), storage.delete('a')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await storage.keys()).toEqual(['a']);
    isFull = false;
    await storage.set('c', 3);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ a: 1, c: 3 });
  });

  it('takes up to 1 MiB in all, counted as the bytes of the file', async () => {
    const storage = open();
    // {"a":"x..."}
    const half = 'é'.repeat(1024 * 256 - 8);
    await storage.set('a', half);
    await storage.set('b', half);
    expect((await readFile(file)).length).toBeGreaterThan(1024 * 1024 - 64);
    await expect(storage.set('c', 'x'.repeat(64))).rejects.toThrow('the storage is full (1 MiB)');
    await storage.delete('a');
    await storage.set('c', half);
    expect(await storage.keys()).toEqual(['b', 'c']);
  });

  it('ends a plugin that asks without reading the answers', async () => {
    const storage = overPipe(openFile(), () => 17 * 1024 * 1024);
    await expect(storage.get('a')).rejects.toThrow('the process is being ended');
    expect(broken).toEqual(['it asked its storage for more than can be done']);
  });

  it('takes __proto__ for a key like any other', async () => {
    const storage = open();
    await storage.set('__proto__', { polluted: true });
    expect(await open().keys()).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });
});
