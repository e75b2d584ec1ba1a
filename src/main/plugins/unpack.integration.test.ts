import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanCache, unpackPlugin } from './unpack.ts';

let folder: string;
let cache: string;
let archive: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-unpack-'));
  cache = path.join(folder, 'cache');
  archive = path.join(folder, 'a.tgz');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Entry {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'FIFO' | 'ExtendedHeader';
  readonly text?: string;
  readonly linkpath?: string;
  readonly mode?: number;
}

/** A tar of the test's own making: no tool would write the hostile ones. */
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const body = Buffer.from(entry.text ?? '');
    const block = Buffer.alloc(512);
    const header = new Header({
      path: entry.path,
      type: entry.type ?? 'File',
      size: body.length,
      mode: entry.mode ?? 0o644,
      ...(entry.linkpath === undefined ? {} : { linkpath: entry.linkpath }),
    });
    header.encode(block, 0);
    const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
    return [block, body, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Metadata counts as no file, but it costs memory and time. */
const MEBIBYTE_OF_HEADER = tar([
  { path: 'x', type: 'ExtendedHeader', text: ' '.repeat(1024 * 1024 - 512) },
]).subarray(0, 1024 * 1024);

const GOOD: readonly Entry[] = [
  { path: 'package/package.json', text: '{}' },
  { path: 'package/web/index.html', text: '<!doctype html>' },
];

async function unpack(content: Uint8Array, sha256?: string) {
  await writeFile(archive, content);
  return unpackPlugin({
    archive,
    cacheFolder: cache,
    ...(sha256 === undefined ? {} : { sha256 }),
  });
}
async function problem(content: Uint8Array): Promise<string> {
  const result = await unpack(content);
  return result.ok ? 'it was unpacked' : `${result.failure.code}: ${result.failure.message}`;
}
const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

describe('unpackPlugin', () => {
  it('unpacks into a folder named by the digest, and leaves nothing else', async () => {
    const content = gzipSync(tar(GOOD));
    const target = path.join(cache, digest(content));
    expect(await unpack(content)).toEqual({ ok: true, value: target });
    expect(await readFile(path.join(target, 'web', 'index.html'), 'utf8')).toBe('<!doctype html>');
    expect(await readdir(cache)).toEqual([digest(content)]);
  });

  it('does not care what follows the end of the tar', async () => {
    const content = gzipSync(Buffer.concat([tar(GOOD), Buffer.alloc(300 * 1024 * 1024)]), {
      level: 1,
    });
    expect(await unpack(content)).toMatchObject({ ok: true });
  });

  it('uses what is unpacked already', async () => {
    const content = gzipSync(tar(GOOD));
    const target = path.join(cache, digest(content));
    await mkdir(target, { recursive: true });
    expect(await unpack(content)).toEqual({ ok: true, value: target });
    expect(await readdir(target)).toEqual([]);
  });

  it('unpacks one archive twice at once', async () => {
    const content = gzipSync(tar(GOOD));
    await writeFile(archive, content);
    const both = [1, 2].map(() => unpackPlugin({ archive, cacheFolder: cache }));
    const value = path.join(cache, digest(content));
    expect(await Promise.all(both)).toEqual([
      { ok: true, value },
      { ok: true, value },
    ]);
    expect(await readdir(cache)).toEqual([digest(content)]);
  });

  it('gives files the rights of their owner, whatever the archive says', async () => {
    const content = gzipSync(tar([...GOOD, { path: 'package/run', mode: 0o6777 }]));
    const result = await unpack(content);
    const { mode } = await stat(path.join(result.ok ? result.value : '', 'run'));
    expect(mode & 0o7777).toBe(0o700);
  });

  it('refuses another archive than the plan pins, before it looks inside', async () => {
    const content = Buffer.from('not even an archive');
    expect(await unpack(content, 'a'.repeat(64))).toEqual({
      ok: false,
      failure: {
        code: 'plugin/wrong-digest',
        message: `The archive ${archive} has the digest ${digest(content)}, but the plan pins ${'a'.repeat(64)}.`,
      },
    });
  });

  it.each<[string, () => Uint8Array, string]>([
    ['a native library', () => Buffer.from('\u007fELF...'), 'it is not a gzip-compressed tar file'],
    ['an empty file', () => Buffer.alloc(0), 'it is not a gzip-compressed tar file'],
    ['gzip of something else', () => gzipSync('hello'.repeat(500)), 'TAR_|checksum|Unrecognized'],
    ['no package.json', () => gzipSync(tar([{ path: 'package/a' }])), 'it has no package.json'],
    ['half an archive', () => gzipSync(tar(GOOD)).subarray(0, 60), 'unexpected end of file'],
    [
      'a file that is cut short',
      () => gzipSync(tar(GOOD).subarray(0, 512 + 10)),
      'Truncated|TAR_|truncated',
    ],
    [
      'a link',
      () => gzipSync(tar([...GOOD, { path: 'package/l', type: 'SymbolicLink', linkpath: '/etc' }])),
      '"package/l" is a SymbolicLink; only plain files and folders are allowed',
    ],
    [
      'a hard link',
      () => gzipSync(tar([...GOOD, { path: 'package/l', type: 'Link', linkpath: '/etc/passwd' }])),
      '"package/l" is a Link; only plain files',
    ],
    [
      'a pipe',
      () => gzipSync(tar([...GOOD, { path: 'package/p', type: 'FIFO' }])),
      '"package/p" is a FIFO; only plain files',
    ],
    [
      'a path that climbs',
      () => gzipSync(tar([...GOOD, { path: 'package/../../evil.js', text: 'x' }])),
      'the path "package/../../evil.js" climbs out of its folder',
    ],
    [
      'an absolute path',
      () => gzipSync(tar([...GOOD, { path: '/tmp/evil.js', text: 'x' }])),
      'the path "/tmp/evil.js" is absolute',
    ],
    [
      'a bomb of headers',
      () => gzipSync(Buffer.concat(Array<Buffer>(290).fill(MEBIBYTE_OF_HEADER)), { level: 1 }),
      'it unpacks to more than 256 MiB',
    ],
  ])('refuses %s, and leaves nothing behind', async (_what, make, expected) => {
    expect(await problem(make())).toMatch(
      new RegExp(
        `^plugin/bad-archive: a\\.tgz is no plugin archive that can be used: .*${escaped(expected)}`,
      ),
    );
    expect(await readdir(cache).catch(() => [])).toEqual([]);
  });

  it('refuses a huge file without reading it', async () => {
    await writeFile(archive, '');
    await truncate(archive, 64 * 1024 * 1024 + 1);
    const result = await unpackPlugin({ archive, cacheFolder: cache });
    expect(result.ok ? '' : result.failure.message).toMatch(/it is larger than 64 MiB\.$/);
  });

  it('says that it could not write', async () => {
    await writeFile(cache, 'a file where the cache should be');
    expect(await problem(gzipSync(tar(GOOD)))).toMatch(/it cannot be unpacked \(E\w+:/);
  });
});

describe('cleanCache', () => {
  it('removes what was left half done, and nothing else', async () => {
    await mkdir(path.join(cache, '.unpacking-1', 'web'), { recursive: true });
    await mkdir(path.join(cache, 'abc'));
    await cleanCache(cache);
    expect(await readdir(cache)).toEqual(['abc']);
  });

  it('does not mind that there is no cache yet', async () => {
    await expect(cleanCache(cache)).resolves.toBeUndefined();
  });
});

/** Only the alternatives that a test means are a pattern. */
function escaped(text: string): string {
  return text
    .split('|')
    .map((part) => part.replace(/[.*+?^${}()[\]\\]/g, '\\$&'))
    .join('|')
    .replace(/^(.*\|.*)$/, '(?:$1)');
}
