import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  MANIFEST,
  paxHeader,
  rawArchive,
  rawEntry,
  rawTar,
  type RawEntry,
} from './testing/raw-tar.test-support.ts';
import { unpackRig, type UnpackRig } from './testing/unpack-rig.test-support.ts';

const MEBIBYTE = 1024 * 1024;

let rig: UnpackRig;
beforeEach(async () => {
  rig = await unpackRig();
});
afterEach(() => rig.dispose());

/** The archive is refused with exactly these words, and nothing of it is left anywhere. */
const expectRefused = async (content: Uint8Array, problem: string): Promise<void> => {
  expect(await rig.attack(content)).toEqual({
    said: `plugin/bad-archive: a.tgz is no plugin archive that can be used: ${problem}.`,
    left: [],
    isOutsideUntouched: true,
  });
};

describe('unpackPlugin refuses an archive with', () => {
  it.each<[string, RawEntry, string]>([
    ['a climbing path', { name: 'package/../../canary' }, 'climbs out of its folder'],
    ['a path that begins by climbing', { name: '../canary' }, 'climbs out of its folder'],
    ['an absolute path', { name: '/tmp/firstlight-canary' }, 'is absolute'],
    ['a drive', { name: 'C:/canary' }, 'is absolute'],
    ['a drive without a slash', { name: 'C:canary' }, 'is absolute'],
    ['a Windows path', { name: 'package\\..\\..\\canary' }, 'holds a backslash'],
    ['a Windows share', { name: '\\\\server\\share\\x' }, 'holds a backslash'],
    [
      'a prefix that climbs',
      { name: 'canary', prefix: 'package/../..' },
      'climbs out of its folder',
    ],
    ['an empty part', { name: 'package//canary' }, 'has an empty part'],
    ['a dot as a part', { name: 'package/./canary' }, 'has an empty part'],
    [
      'a hidden stream',
      { name: 'package/a.js:evil' },
      'holds a character that Windows has no names with',
    ],
    [
      'a device of Windows',
      { name: 'package/NUL' },
      'has the part "NUL", which is a device on Windows',
    ],
    [
      'such a device with an extension',
      { name: 'package/con .txt' },
      'has the part "con .txt", which is a device on Windows',
    ],
    [
      'such a device as a folder',
      { name: 'package/Com1/x' },
      'has the part "Com1", which is a device on Windows',
    ],
    [
      'a dot at the end of a name',
      { name: 'package/a.' },
      'has a part that ends in a dot or a space',
    ],
    [
      'a space at the end of a name',
      { name: 'package/a /b' },
      'has a part that ends in a dot or a space',
    ],
    [
      'the name of our own record',
      { name: 'package/.Firstlight.json' },
      'is kept for the cache of unpacked plugins',
    ],
    ['a file outside of any folder', { name: 'index.js' }, 'is in no folder'],
  ])('%s', async (_what, entry, problem) => {
    const name = entry.prefix === undefined ? entry.name : `${entry.prefix}/${entry.name}`;
    const hostile = rawArchive([MANIFEST, { ...entry, content: 'evil' }]);
    await expectRefused(hostile, `the path ${JSON.stringify(name)} ${problem}`);
  });

  it.each([
    ['1', 'Link'],
    ['2', 'SymbolicLink'],
    ['3', 'CharacterDevice'],
    ['4', 'BlockDevice'],
    ['6', 'FIFO'],
    ['7', 'ContiguousFile'],
    ['K', 'LongLinkName'],
    ['S', 'SparseFile'],
    ['M', 'PartOfFile'],
    ['V', 'VolumeLabel'],
    ['Z', 'thing of unknown type "Z"'],
  ])('an entry of type %s', async (type, words) => {
    const hostile = rawArchive([MANIFEST, { name: 'package/x', type, linkname: '../../canary' }]);
    await expectRefused(
      hostile,
      `"package/x" is a ${words}; only plain files and folders are allowed`,
    );
  });

  it('a link to a folder, and a file written through it', async () => {
    const hostile = rawArchive([
      MANIFEST,
      { name: 'package/out', type: '2', linkname: '../../..' },
      { name: 'package/out/canary', content: 'evil' },
    ]);
    await expectRefused(
      hostile,
      '"package/out" is a SymbolicLink; only plain files and folders are allowed',
    );
  });

  it.each<[string, string[], string]>([
    [
      'names that differ in case',
      ['a/Read.me', 'a/read.me'],
      '"Read.me" and "read.me" are one name where case does not count',
    ],
    [
      'a sharp s and two',
      ['a/stra\u00dfe', 'a/STRASSE'],
      '"stra\u00dfe" and "STRASSE" are one name where case does not count',
    ],
    [
      'two ways of an accent',
      ['a/\u00e9', 'a/e\u0301'],
      '"\u00e9" and "e\u0301" are one name where case does not count',
    ],
    ['one name twice', ['a/b', 'a/b'], '"b" is there twice'],
    ['a file where a folder is', ['a/b/c', 'a/b'], '"b" is there twice'],
    ['a folder where a file is', ['a/b', 'a/b/c'], '"b" is there twice'],
    ['two first folders and one name', ['a/b', 'c/b'], '"b" is there twice'],
  ])('%s', async (_what, names, problem) => {
    const entries = names.flatMap((name) => [paxHeader({ path: name }), { name: 'x' }]);
    await expectRefused(rawArchive([MANIFEST, ...entries]), problem);
  });

  it.each<[string, RawEntry[], string]>([
    [
      'a pax path that climbs',
      [paxHeader({ path: 'package/../../canary' }), { name: 'package/x' }],
      'the path "package/../../canary" climbs out of its folder',
    ],
    [
      'a pax path that is empty',
      [paxHeader({ path: '' }), { name: 'package/x' }],
      'the path "" has an empty part',
    ],
    [
      'a zero in a pax path',
      [paxHeader({ path: 'package/a\0b' }), { name: 'package/x' }],
      'the path "package/a\\u0000b" holds a control character',
    ],
    [
      'a pax link',
      [paxHeader({ linkpath: '/etc/passwd' }), { name: 'package/x' }],
      'the pax header "PaxHeader/x" makes it a link',
    ],
    [
      'another pax size',
      [paxHeader({ size: '4096' }), { name: 'package/x', content: 'abc' }],
      '"package/x" has two sizes, 3 and 4096',
    ],
    [
      'a negative pax size',
      [paxHeader({ size: '-1' }), { name: 'package/x' }],
      '"package/x" has two sizes, 0 and -1',
    ],
    [
      'a pax file that is sparse',
      [paxHeader({ 'GNU.sparse.major': '1' }), { name: 'package/x' }],
      'the pax header "PaxHeader/x" makes it a sparse file',
    ],
    [
      'a path for all entries',
      [paxHeader({ path: 'package/y' }, 'g'), { name: 'package/x' }],
      'the pax header "PaxHeader/x" gives all entries one name or size',
    ],
    [
      'a pax record that lies about its length',
      [{ name: 'p', type: 'x', content: '99 path=package/y\n' }, { name: 'package/x' }],
      'the pax header "p" is damaged',
    ],
    [
      'a pax record without a length',
      [{ name: 'p', type: 'x', content: 'path=package/y\n' }, { name: 'package/x' }],
      'the pax header "p" is damaged',
    ],
    [
      'two pax headers for one entry',
      [paxHeader({ path: 'package/a' }), paxHeader({ path: 'package/b' }), { name: 'package/x' }],
      'two headers before one entry, at "PaxHeader/x"',
    ],
    [
      'a huge pax header',
      [paxHeader({ comment: ' '.repeat(70_000) }), { name: 'package/x' }],
      'the ExtendedHeader "PaxHeader/x" has 70015 bytes',
    ],
    [
      'an empty pax header',
      [{ name: 'p', type: 'x' }, { name: 'package/x' }],
      'the ExtendedHeader "p" has 0 bytes',
    ],
    [
      'a long name that climbs',
      [
        { name: '././@LongLink', type: 'L', content: 'package/../../canary\0' },
        { name: 'package/x' },
      ],
      'the path "package/../../canary" climbs out of its folder',
    ],
    [
      'a zero within a long name',
      [{ name: '././@LongLink', type: 'L', content: 'package/a\0b\0' }, { name: 'package/x' }],
      'the path "package/a\\u0000b" holds a control character',
    ],
    [
      'a folder with content',
      [{ name: 'package/d/', type: '5', content: 'abc' }],
      'the folder "package/d/" has content of its own',
    ],
    [
      'a name that is not UTF-8',
      [{ name: 'package/\xff\xfe' }],
      'the name "package/\u00ff\u00fe" is not UTF-8',
    ],
    [
      'a negative size',
      [{ name: 'package/x', size: '-0000000001\0' }],
      'the size of "package/x" is no plain octal number',
    ],
    [
      'a size in binary',
      [{ name: 'package/x', size: '\x80' + '\0'.repeat(10) + '\x05', content: 'abcde' }],
      'the size of "package/x" is no plain octal number',
    ],
    [
      'a negative size in binary',
      [{ name: 'package/x', size: '\xff'.repeat(12) }],
      'the size of "package/x" is no plain octal number',
    ],
    [
      'a size that is larger than the limit',
      [{ name: 'package/x', size: '77777777777\0' }],
      'it unpacks to more than 256 MiB',
    ],
    [
      'a header that is none',
      [{ name: 'package/x', magic: 'nothing' }],
      'the tar header at byte 1024 is none',
    ],
  ])('%s', async (_what, entries, problem) => {
    await expectRefused(rawArchive([MANIFEST, ...entries]), problem);
  });

  it('a header whose checksum does not hold', async () => {
    const tar = rawTar([MANIFEST]);
    tar.write('evil', 8, 'latin1');
    await expectRefused(
      gzipSync(tar),
      'the tar header at byte 0 is damaged: its checksum does not hold',
    );
  });

  it('no package.json, or one that is a folder', async () => {
    await expectRefused(rawArchive([{ name: 'package/a' }]), 'it has no package.json');
    await expectRefused(
      rawArchive([{ name: 'package/package.json/', type: '5' }]),
      'it has no package.json',
    );
  });
});

describe('unpackPlugin refuses a bomb of', () => {
  it('zeros in one file', async () => {
    const size = 257 * MEBIBYTE;
    const header = rawEntry({ name: 'package/x', size: `${size.toString(8).padStart(11, '0')}\0` });
    const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(size)]), { level: 1 });
    expect(bomb.length).toBeLessThan(2 * MEBIBYTE);
    await expectRefused(bomb, 'it unpacks to more than 256 MiB');
  });

  it('zeros after the end mark', async () => {
    const bomb = Buffer.concat([rawTar([MANIFEST]), Buffer.alloc(290 * MEBIBYTE)]);
    await expectRefused(gzipSync(bomb, { level: 1 }), 'it unpacks to more than 256 MiB');
  });

  it('nothing but zeros, without unpacking all of them', async () => {
    await expectRefused(
      gzipSync(Buffer.alloc(60 * MEBIBYTE), { level: 1 }),
      'it has no package.json',
    );
  });

  it('headers', async () => {
    const headers = rawEntry(paxHeader({ comment: 'x' }, 'g'));
    const bomb = Buffer.concat(Array<Buffer>(Math.ceil((289 * MEBIBYTE) / 1024)).fill(headers));
    await expectRefused(gzipSync(bomb, { level: 1 }), 'it unpacks to more than 256 MiB');
  });

  it('archives within archives: only the outer one is ever unpacked', async () => {
    const inner = gzipSync(Buffer.alloc(50 * MEBIBYTE));
    await expectRefused(gzipSync(inner), 'the tar header at byte 0 is none');
    const outer = rawArchive([MANIFEST, { name: 'package/inner.gz', content: inner }]);
    expect(await rig.problem(outer)).toBe('unpacked');
  });

  it('100,000 entries', async () => {
    const entries = Array.from({ length: 100_000 }, (_, i) => ({
      name: `package/${i}/`,
      type: '5',
    }));
    await expectRefused(rawArchive([MANIFEST, ...entries]), 'it holds more than 10000 files');
  });
});
