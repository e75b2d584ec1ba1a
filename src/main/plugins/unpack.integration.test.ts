import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeUnpackFiles } from './archive/unpack-files.ts';
import { MANIFEST, paxHeader, rawArchive, rawTar } from './archive/testing/raw-tar.test-support.ts';
import { unpackRig, type UnpackRig } from './archive/testing/unpack-rig.test-support.ts';
import { cleanCache, unpackedPlugin, unpackPlugin } from './unpack.ts';

let rig: UnpackRig;
beforeEach(async () => {
  rig = await unpackRig();
});
afterEach(() => rig.dispose());

const PAGE = { name: 'package/web/index.html', content: '<!doctype html>' };
const GOOD = rawArchive([MANIFEST, PAGE]);
const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const goodTarget = (): string => path.join(rig.cache, digest(GOOD));
const goodPage = (): string => path.join(goodTarget(), 'web', 'index.html');

describe('unpackPlugin', () => {
  it('unpacks into a folder named by the digest, and leaves nothing else', async () => {
    expect(await rig.unpack(GOOD)).toEqual({ ok: true, value: goodTarget() });
    expect(await readFile(goodPage(), 'utf8')).toBe('<!doctype html>');
    expect(await rig.cached()).toEqual([digest(GOOD)]);
  });

  it('takes names from pax headers and from those of GNU tar, and what git leaves', async () => {
    const long = `package/${'long/'.repeat(30)}x`;
    const content = rawArchive([
      paxHeader({ comment: '4f05824' }, 'g'),
      MANIFEST,
      paxHeader({ path: 'package/\u65e5\u672c.txt', size: '1', mtime: '1.5' }),
      { name: 'package/short', content: 'a' },
      { name: '././@LongLink', type: 'L', content: `${long}\0`, magic: 'ustar  \0' },
      { name: 'package/short', content: 'b', magic: 'ustar  \0' },
      { name: 'c', prefix: 'package/front', content: 'c' },
    ]);
    const result = await rig.unpack(content);
    const target = result.ok ? result.value : '';
    const texts = ['\u65e5\u672c.txt', long.slice('package/'.length), 'front/c'].map((name) =>
      readFile(path.join(target, name), 'utf8'),
    );
    expect(await Promise.all(texts)).toEqual(['a', 'b', 'c']);
  });

  it('takes a gzip header with a file name, as gzip itself writes it', async () => {
    const packed = gzipSync(rawTar([MANIFEST]));
    const header = Buffer.from(packed.subarray(0, 10));
    header.writeUInt8(8, 3);
    const content = Buffer.concat([header, Buffer.from('a.tar\0'), packed.subarray(10)]);
    expect(await rig.problem(content)).toBe('unpacked');
  });

  it('takes padding after the end of the tar', async () => {
    const padded = Buffer.concat([rawTar([MANIFEST]), Buffer.alloc(100_000)]);
    expect(await rig.problem(gzipSync(padded))).toBe('unpacked');
  });

  it('uses what is unpacked already', async () => {
    await rig.unpack(GOOD);
    const before = await stat(goodTarget());
    expect(await rig.unpack(GOOD)).toEqual({ ok: true, value: goodTarget() });
    expect((await stat(goodTarget())).ino).toBe(before.ino);
  });

  it.each<[string, () => Promise<void>]>([
    ['lost bytes', () => truncate(goodPage())],
    ['lost a file', () => rm(goodPage())],
    ['lost its record', () => rm(path.join(goodTarget(), '.firstlight.json'))],
    [
      'is empty',
      () => rm(goodTarget(), { recursive: true }).then(() => mkdir(goodTarget()).then()),
    ],
  ])('unpacks a package again that %s', async (_what, damage) => {
    await rig.unpack(GOOD);
    await damage();
    expect(await unpackedPlugin({ cacheFolder: rig.cache, sha256: digest(GOOD) })).toBeUndefined();
    expect(await rig.unpack(GOOD)).toEqual({ ok: true, value: goodTarget() });
    expect(await readFile(goodPage(), 'utf8')).toBe('<!doctype html>');
    expect(await rig.cached()).toEqual([digest(GOOD)]);
  });

  it('unpacks one archive once for two who want it at once', async () => {
    await writeFile(rig.archive, GOOD);
    const made: string[] = [];
    const files: typeof nodeUnpackFiles = {
      ...nodeUnpackFiles,
      rename: (from, to) => {
        made.push(to);
        return nodeUnpackFiles.rename(from, to);
      },
    };
    const request = { archive: rig.archive, cacheFolder: rig.cache, files };
    const both = await Promise.all([unpackPlugin(request), unpackPlugin(request)]);
    expect(both).toEqual(Array(2).fill({ ok: true, value: goodTarget() }));
    expect(made).toEqual([goodTarget()]);
  });

  it('gives files the rights of their owner, whatever the archive says', async () => {
    const modes = [
      ['run', '0006777\0', 0o700],
      ['read', '0000000\0', 0o600],
    ] as const;
    const entries = modes.map(([name, mode]) => ({ name: `package/${name}`, mode }));
    const result = await rig.unpack(rawArchive([MANIFEST, ...entries]));
    for (const [name, , expected] of modes) {
      const { mode } = await stat(path.join(result.ok ? result.value : '', name));
      expect(mode & 0o7777).toBe(expected);
    }
  });

  it('writes large files piece by piece', async () => {
    const large = Buffer.alloc(5_000_001, 'firstlight');
    const result = await rig.unpack(rawArchive([MANIFEST, { name: 'package/x', content: large }]));
    const written = await readFile(path.join(result.ok ? result.value : '', 'x'));
    expect(written.equals(large)).toBe(true);
  });

  it('refuses another archive than the plan pins, before it looks inside', async () => {
    const content = Buffer.from('not even an archive');
    expect(await rig.unpack(content, { sha256: 'a'.repeat(64) })).toEqual({
      ok: false,
      failure: {
        code: 'plugin/wrong-digest',
        message: `The archive ${rig.archive} has the digest ${digest(content)}, but the plan pins ${'a'.repeat(64)}.`,
      },
    });
  });

  it('does not mind how a pinned digest is written', async () => {
    const sha256 = digest(GOOD).toUpperCase();
    expect(await rig.unpack(GOOD, { sha256 })).toEqual({ ok: true, value: goodTarget() });
    expect(await unpackedPlugin({ cacheFolder: rig.cache, sha256 })).toBe(goodTarget());
  });

  it('refuses an archive that is changed after its digest was taken', async () => {
    const other = rawArchive([MANIFEST, { ...PAGE, content: '<!doctype evil>' }]);
    const files: typeof nodeUnpackFiles = {
      ...nodeUnpackFiles,
      makeDurableFolder: async (folder) => {
        await nodeUnpackFiles.makeDurableFolder(folder);
        // The same file, written over: what is held open changes too.
        writeFileSync(rig.archive, other);
      },
    };
    const result = await rig.unpack(GOOD, { files });
    expect(result.ok ? '' : result.failure.message).toBe(
      'a.tgz is no plugin archive that can be used: it changed while it was being unpacked.',
    );
    expect(await rig.cached()).toEqual([]);
  });

  it('keeps to the archive that it opened when another one takes its name', async () => {
    const files: typeof nodeUnpackFiles = {
      ...nodeUnpackFiles,
      makeDurableFolder: async (folder) => {
        await nodeUnpackFiles.makeDurableFolder(folder);
        await rm(rig.archive);
        appendFileSync(rig.archive, 'another one');
      },
    };
    expect(await rig.unpack(GOOD, { files })).toEqual({ ok: true, value: goodTarget() });
  });

  it('can be called off, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const files: typeof nodeUnpackFiles = {
      ...nodeUnpackFiles,
      create: (...args) => {
        controller.abort();
        return nodeUnpackFiles.create(...args);
      },
    };
    const result = await rig.unpack(GOOD, { signal: controller.signal, files });
    expect(result.ok ? '' : result.failure).toEqual({
      code: 'plugin/cancelled',
      message: 'The unpacking of a.tgz was called off.',
    });
    expect(await rig.cached()).toEqual([]);
  });

  it('says that there is no archive', async () => {
    const result = await unpackPlugin({ archive: rig.archive, cacheFolder: rig.cache });
    expect(result.ok ? '' : result.failure.message).toMatch(
      /^a\.tgz is no plugin archive that can be used: it cannot be read \(ENOENT: /,
    );
  });

  it('says that it could not write', async () => {
    await writeFile(rig.cache, 'a file where the cache should be');
    expect(await rig.problem(GOOD)).toMatch(
      /^plugin\/not-stored: a\.tgz cannot be unpacked into .*cache \(EEXIST: /,
    );
  });

  it('says that the disk is full, and leaves nothing behind', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const files: typeof nodeUnpackFiles = {
      ...nodeUnpackFiles,
      create: async (...args) => {
        const file = await nodeUnpackFiles.create(...args);
        return { ...file, write: () => Promise.reject(full) };
      },
    };
    const result = await rig.unpack(GOOD, { files });
    expect(result.ok ? '' : result.failure).toEqual({
      code: 'plugin/not-stored',
      message: `a.tgz cannot be unpacked into ${rig.cache} (ENOSPC: no space left on device, write).`,
      hint: 'Make room on the disk, and make sure that the folder can be written to.',
    });
    expect(await rig.cached()).toEqual([]);
  });
});

describe('cleanCache', () => {
  it('removes what was left half done, and nothing else', async () => {
    await mkdir(path.join(rig.cache, '.unpacking-1', 'web'), { recursive: true });
    await mkdir(path.join(rig.cache, 'abc'));
    await cleanCache(rig.cache);
    expect(await readdir(rig.cache)).toEqual(['abc']);
  });

  it('does not mind that there is no cache yet', async () => {
    await expect(cleanCache(rig.cache)).resolves.toBeUndefined();
  });
});
