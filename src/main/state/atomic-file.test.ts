import { describe, expect, it } from 'vitest';
import { readJsonFile, setAside, writeFileAtomic } from './atomic-file.ts';
import type { FilesPort } from './files-port.ts';
import { cutAt, hookedFiles, PowerCut } from './testing/hooked-files.test-support.ts';
import { unsyncedFiles, type UnsyncedFiles } from './testing/unsynced-files.test-support.ts';

const FILE = '/home/device.json';

async function textOf(files: FilesPort, file: string): Promise<string> {
  return Buffer.from(await files.read(file)).toString();
}

async function diskWith(content: string): Promise<UnsyncedFiles> {
  const files = unsyncedFiles();
  await writeFileAtomic({ files, path: FILE, content });
  return files;
}

function decodeNumber(json: unknown): number | undefined {
  return typeof json === 'number' ? json : undefined;
}

describe('writeFileAtomic', () => {
  it('leaves the old content or the new after a power cut at any place', async () => {
    const counter = cutAt(Infinity);
    await writeFileAtomic({
      files: hookedFiles(await diskWith('old'), counter.hook),
      path: FILE,
      content: 'brand new',
    });
    const seen = new Set<string>();
    for (let place = 1; place <= counter.count(); place += 1) {
      for (let worst = 0; worst < 16; worst += 1) {
        const disk = await diskWith('old');
        const files = hookedFiles(disk, cutAt(place).hook);
        const write = writeFileAtomic({ files, path: FILE, content: 'brand new' });
        await expect(write).rejects.toThrow(PowerCut);
        const left = disk.powerCut((options) => worst % options);
        seen.add(await textOf(left, FILE));
      }
    }
    expect([...seen].sort()).toEqual(['brand new', 'old']);
  });

  it('is on the disk when it returns', async () => {
    const disk = await diskWith('first');
    expect(
      await textOf(
        disk.powerCut(() => 0),
        FILE,
      ),
    ).toBe('first');
  });

  it('keeps the permission bits of the file that it replaces', async () => {
    const files = unsyncedFiles();
    await files.open(FILE, { how: 'replace', permissions: 0o640 });
    await writeFileAtomic({ files, path: FILE, content: 'new' });
    expect(await files.permissions(FILE)).toBe(0o640);
  });

  it('makes a new file for its owner alone', async () => {
    expect(await (await diskWith('new')).permissions(FILE)).toBe(0o600);
  });

  it('gives one of two overlapping contents whole, and leaves nothing else behind', async () => {
    const files = unsyncedFiles();
    const contents = ['a'.repeat(100), 'b'.repeat(50)];
    await Promise.all(contents.map((content) => writeFileAtomic({ files, path: FILE, content })));
    expect(contents).toContain(await textOf(files, FILE));
    expect(await files.list('/home')).toEqual(['device.json']);
  });

  it('names the folder when the disk is read-only, and keeps the old content', async () => {
    const disk = await diskWith('old');
    const files = hookedFiles(disk, ({ call }) => {
      if (call === 'write') throw Object.assign(new Error(), { code: 'EROFS', syscall: 'write' });
    });
    expect(await writeFileAtomic({ files, path: FILE, content: 'new' })).toEqual({
      ok: false,
      failure: {
        code: 'shell/read-only',
        message: 'The state folder /home cannot be written to (EROFS).',
        hint: 'The disk is mounted read-only: choose another folder with --home DIR.',
      },
    });
    expect(await textOf(disk, FILE)).toBe('old');
    expect(await disk.list('/home')).toEqual(['device.json']);
  });
});

describe('readJsonFile', () => {
  it('gives the decoded value', async () => {
    const files = await diskWith('42');
    expect(await readJsonFile({ files, path: FILE, decode: decodeNumber })).toEqual({
      ok: true,
      value: { kind: 'read', value: 42 },
    });
  });

  it('says when there is no file', async () => {
    const files = unsyncedFiles();
    expect(await readJsonFile({ files, path: FILE, decode: decodeNumber })).toEqual({
      ok: true,
      value: { kind: 'absent' },
    });
  });

  it.each(['', '{"torn":', '"of another kind"', '\0\0\0\0'])(
    'sets a damaged file aside: %j',
    async (content) => {
      const files = await diskWith(content);
      expect(await readJsonFile({ files, path: FILE, decode: decodeNumber })).toEqual({
        ok: true,
        value: { kind: 'damaged', asideTo: `${FILE}.damaged-1` },
      });
      expect(await files.list('/home')).toEqual(['device.json.damaged-1']);
    },
  );
});

describe('setAside', () => {
  it('never writes over what was set aside before', async () => {
    const files = await diskWith('one');
    await setAside(files, FILE);
    await writeFileAtomic({ files, path: FILE, content: 'two' });
    expect(await setAside(files, FILE)).toEqual({ ok: true, value: `${FILE}.damaged-2` });
    expect(await textOf(files, `${FILE}.damaged-1`)).toBe('one');
    expect(await textOf(files, `${FILE}.damaged-2`)).toBe('two');
  });
});
