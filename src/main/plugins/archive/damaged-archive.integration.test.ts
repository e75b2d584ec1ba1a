import { truncate, writeFile } from 'node:fs/promises';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackPlugin } from '../unpack.ts';
import {
  END_MARK,
  MANIFEST,
  paxHeader,
  rawArchive,
  rawTar,
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

describe('unpackPlugin refuses a file that', () => {
  const tar = rawTar([MANIFEST, { name: 'package/a.js', content: 'x'.repeat(700) }]);
  const whole = gzipSync(tar);

  it.each([
    ['in the gzip header', 5],
    ['after the gzip header', 10],
    ['in the middle', Math.floor(whole.length / 2)],
    ['before the gzip checksum', whole.length - 8],
    ['in the gzip checksum', whole.length - 3],
    ['before its last byte', whole.length - 1],
  ])('ends %s', async (_where, length) => {
    await expectRefused(whole.subarray(0, length), 'it is cut short');
  });

  it.each([
    ['in the middle of a header', 1024 + 100, 'it is cut short: its tar has no end mark'],
    ['after a header', 1024 + 512, 'it is cut short in "package/a.js"'],
    ['in the middle of a file', 1024 + 512 + 100, 'it is cut short in "package/a.js"'],
    ['in the padding', 1024 + 512 + 800, 'it is cut short: its tar has no end mark'],
    ['before the end mark', tar.length - 1024, 'it is cut short: its tar has no end mark'],
    ['in the end mark', tar.length - 512, 'it is cut short: its tar has no end mark'],
  ])('has a tar that ends %s', async (_where, length, problem) => {
    await expectRefused(gzipSync(tar.subarray(0, length)), problem);
  });

  it('has a tar that ends with a header for what does not come', async () => {
    await expectRefused(rawArchive([MANIFEST, paxHeader({ path: 'a/b' })]), 'it is cut short');
  });

  it.each([
    ['garbage', Buffer.from('garbage')],
    ['much garbage', Buffer.alloc(MEBIBYTE, 'garbage')],
    ['one zero', Buffer.alloc(1)],
    ['a second gzip member', gzipSync(END_MARK)],
  ])('has %s after its end', async (_what, more) => {
    await expectRefused(Buffer.concat([whole, more]), 'something follows the end of its gzip data');
  });

  it('has something after the end of its tar', async () => {
    const problem = 'something follows the end of its tar';
    await expectRefused(gzipSync(Buffer.concat([tar, Buffer.from('garbage')])), problem);
    await expectRefused(gzipSync(Buffer.concat([tar, tar])), problem);
    const lone = Buffer.concat([tar.subarray(0, -512), tar]);
    await expectRefused(gzipSync(lone), problem);
  });

  it('has another checksum or length than its gzip trailer says', async () => {
    for (const at of [whole.length - 8, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      await expectRefused(damaged, 'it is damaged: its gzip checksum does not hold');
    }
  });

  it('has no sense in its compressed data', async () => {
    const damaged = Buffer.concat([whole.subarray(0, 10), Buffer.alloc(50, 0xff)]);
    await expectRefused(damaged, 'its gzip data is damaged (invalid block type)');
  });

  it('is packed by no method of gzip', async () => {
    const odd = Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), whole.subarray(3)]);
    await expectRefused(odd, 'it is packed in a way that gzip does not know');
  });

  it.each<[string, Uint8Array, string]>([
    ['is empty', Buffer.alloc(0), 'it is empty'],
    [
      'is a native library of macOS',
      Buffer.from('cffaedfe07000001', 'hex'),
      'it is a native library (Mach-O), expected a .tgz made by `npm pack`',
    ],
    [
      'is one for two processors',
      Buffer.from('cafebabe00000002', 'hex'),
      'it is a native library (Mach-O), expected a .tgz made by `npm pack`',
    ],
    [
      'is a native library of Linux',
      Buffer.from('\x7fELF\x02\x01', 'latin1'),
      'it is a native library (ELF), expected a .tgz made by `npm pack`',
    ],
    [
      'is a library of Windows',
      Buffer.from('MZ\x90', 'latin1'),
      'it is a native library or program of Windows, expected a .tgz made by `npm pack`',
    ],
    [
      'is a zip file',
      Buffer.from('PK\x03\x04', 'latin1'),
      'it is a zip file, expected a .tgz made by `npm pack`',
    ],
    [
      'is a tar that is not packed',
      tar,
      'it is a bare tar file, expected a .tgz made by `npm pack`',
    ],
    [
      'is a web page',
      Buffer.from('\n<!DOCTYPE html><title>Sign in'),
      'it is a web page, expected a .tgz made by `npm pack`',
    ],
    ['is nothing known', Buffer.from('hello'), 'it is not a gzip-compressed tar file'],
    ['is deflated without gzip', deflateRawSync(tar), 'it is not a gzip-compressed tar file'],
  ])('%s', async (_what, content, problem) => {
    await expectRefused(content, problem);
  });

  it('is too large, without reading it', async () => {
    await writeFile(rig.archive, '');
    await truncate(rig.archive, 64 * MEBIBYTE + 1);
    const result = await unpackPlugin({ archive: rig.archive, cacheFolder: rig.cache });
    expect(result.ok ? '' : result.failure.message).toMatch(/: it is larger than 64 MiB\.$/);
  });
});
