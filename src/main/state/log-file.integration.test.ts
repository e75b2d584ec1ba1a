import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogFile } from './log-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const line = (text: string) =>
  ({ time: '2026-01-01T00:00:00.000Z', level: 'info', source: 'settings', text }) as const;

describe('the log of a home', () => {
  it('has a JSON object a line, and goes on where it was', async () => {
    const file = path.join(folder, 'log');
    openLogFile(file)(line('one'));
    openLogFile(file)(line('two'));
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines.map((text) => (JSON.parse(text) as { text: string }).text)).toEqual([
      'one',
      'two',
    ]);
  });

  it('keeps no more than about 2 MiB, whatever a plugin says', async () => {
    const file = path.join(folder, 'log');
    const write = openLogFile(file);
    for (let n = 0; n < 400; n += 1) write(line('x'.repeat(10_000)));
    const sizes = await Promise.all([stat(file), stat(`${file}.1`)]);
    expect(sizes.every(({ size }) => size < 1.1 * 1024 * 1024)).toBe(true);
  });

  it('holds nothing up where it cannot be written', () => {
    expect(() => openLogFile(path.join(folder, 'no', 'log'))(line('one'))).not.toThrow();
  });
});
