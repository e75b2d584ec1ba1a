import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_PLAN_BYTES } from '../plan/decode.ts';
import { readPlanFile } from './plan-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstlight-plan-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Why a path cannot be read, without its name. */
async function reason(path: string): Promise<string | undefined> {
  const read = await readPlanFile(path);
  return read.ok ? undefined : read.diagnostic.message.replace(JSON.stringify(path), 'it');
}

describe('a plan file', () => {
  it('is read with its digest', async () => {
    const path = join(folder, 'plan.toml');
    writeFileSync(path, 'abc');
    expect(await readPlanFile(path)).toEqual({
      ok: true,
      bytes: Buffer.from('abc'),
      digest: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  it('may be behind a link', async () => {
    writeFileSync(join(folder, 'plan.toml'), 'abc');
    symlinkSync('plan.toml', join(folder, 'link'));
    expect((await readPlanFile(join(folder, 'link'))).ok).toBe(true);
  });

  it('is read only a little beyond the limit, however large it is', async () => {
    const path = join(folder, 'huge.toml');
    writeFileSync(path, '');
    truncateSync(path, 5 * 1024 ** 3);
    const read = await readPlanFile(path);
    expect(read.ok && read.bytes.length).toBe(MAX_PLAN_BYTES + 1);
  });
});

describe('what cannot be read', () => {
  it('is a finding of its own', async () => {
    expect(await readPlanFile('/nowhere/plan.toml')).toEqual({
      ok: false,
      diagnostic: {
        rule: 'plan/unreadable',
        severity: 'error',
        message: '"/nowhere/plan.toml" cannot be read: there is no such file',
        line: 1,
        column: 1,
        path: '',
      },
    });
  });

  it('may be a folder', async () => {
    expect(await reason(folder)).toBe('it cannot be read: it is a folder');
  });

  it('may be below a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await reason(join(folder, 'file', 'plan.toml'))).toBe(
      'it cannot be read: there is no such file',
    );
  });

  it('may be links in a circle', async () => {
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect(await reason(join(folder, 'a'))).toBe('it cannot be read: its links go in a circle');
  });

  it('may be a pipe that nobody ever writes to, which does not hang', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await reason(pipe)).toBe('it cannot be read: it is not a regular file');
  });

  it('may be a device without end', async () => {
    expect(await reason('/dev/zero')).toBe('it cannot be read: it is not a regular file');
  });

  it('may have a name that no file can have', async () => {
    expect(await reason('a\0b')).toBe('it cannot be read: its name cannot be that of a file');
    expect(await reason(join(folder, 'x'.repeat(5000)))).toBe(
      'it cannot be read: its name is too long',
    );
  });

  it('may be out of reach below a folder of a strange name', async () => {
    mkdirSync(join(folder, 'a b'));
    expect(await reason(join(folder, 'a b', '\n'))).toBe(
      'it cannot be read: there is no such file',
    );
  });
});
