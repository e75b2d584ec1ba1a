import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { ok } from '#shared';
import { parseUnc, resolveUnc } from './unc.ts';

describe('parseUnc', () => {
  it.each([
    ['\\\\files\\setup\\plans\\new', ['files', 'setup', 'plans', 'new']],
    ['//files/setup/plans', ['files', 'setup', 'plans']],
    ['\\\\files/setup\\plans/new', ['files', 'setup', 'plans', 'new']],
    ['\\\\?\\UNC\\files\\setup\\plans', ['files', 'setup', 'plans']],
    ['//?/unc/files/setup', ['files', 'setup']],
    ['\\\\files\\C$\\plans', ['files', 'C$', 'plans']],
    ['\\\\10.0.0.7\\setup', ['10.0.0.7', 'setup']],
    ['\\\\files\\setup\\', ['files', 'setup']],
    ['\\\\files\\setup\\\\plans\\.\\new\\', ['files', 'setup', 'plans', 'new']],
    ['\\\\files\\Aktuelle Pläne\\neu', ['files', 'Aktuelle Pläne', 'neu']],
  ])('reads %s', (text, [server, share, ...segments]) => {
    expect(parseUnc(text)).toEqual(ok({ server, share, segments }));
  });

  it.each([
    ['', 'it does not begin with two backslashes'],
    ['/mnt/setup', 'it does not begin with two backslashes'],
    ['C:\\plans', 'it does not begin with two backslashes'],
    ['\\files\\setup', 'it does not begin with two backslashes'],
    ['\\\\', 'it names no server and share'],
    ['\\\\files', 'it names no server and share'],
    ['\\\\files\\', 'it names no server and share'],
    ['\\\\\\files\\setup', 'it names no server and share'],
    ['\\\\?\\C:\\plans', 'it names a device'],
    ['\\\\.\\pipe\\x', 'it names a device'],
    ['\\\\files\\setup\\..\\secret', 'it climbs out of its folder'],
    ['\\\\files\\setup\\.. \\secret', 'it climbs out of its folder'],
    ['\\\\files\\..\\setup', 'it climbs out of its folder'],
    ['//../setup/plans', 'it climbs out of its folder'],
    ['\\\\files\\setup\\a:stream', 'it holds a character that no share allows in names'],
    ['\\\\files\\setup\\a\0', 'it holds a character that no share allows in names'],
  ])('refuses %j', (text, why) => {
    expect(parseUnc(text)).toEqual({
      ok: false,
      failure: {
        code: 'update/invalid',
        message: `${JSON.stringify(text)} is no place on a share: ${why}.`,
        hint: 'Write it as \\\\server\\share\\folder.',
      },
    });
  });

  it('agrees with Windows on what the root is', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9$_-]{1,8}$/);
    fc.assert(
      fc.property(name, name, fc.array(name), fc.constantFrom('\\', '/'), (...parts) => {
        const [server, share, segments, separator] = parts;
        const text = separator.repeat(2) + [server, share, ...segments].join(separator);
        const { root } = path.win32.parse(path.win32.normalize(`${text}${separator}`));
        expect(root).toBe(`\\\\${server}\\${share}\\`);
        expect(parseUnc(text)).toEqual(ok({ server, share, segments }));
      }),
    );
  });
});

describe('resolveUnc', () => {
  const mounts = {
    '\\\\files\\setup': '/mnt/setup',
    '\\\\FILES\\Setup\\Plans\\EU': '/mnt/eu',
    '//files/set': '/mnt/wrong',
    'not a share': '/mnt/wrong',
  };

  it('finds the mount of a share', () => {
    expect(resolveUnc('\\\\files\\setup\\a\\b.tgz', { mounts, platform: 'linux' })).toEqual(
      ok({
        kind: 'file',
        path: '/mnt/setup/a/b.tgz',
        root: '/mnt/setup',
        share: '\\\\files\\setup',
      }),
    );
  });

  it('compares names without case, and keeps the case below the mount', () => {
    expect(resolveUnc('//Files/SETUP/New', { mounts, platform: 'darwin' })).toMatchObject(
      ok({ path: '/mnt/setup/New', root: '/mnt/setup' }),
    );
  });

  it('takes the longest fitting mount', () => {
    expect(
      resolveUnc('\\\\files\\setup\\plans\\eu\\kiosk', { mounts, platform: 'linux' }),
    ).toMatchObject(ok({ path: '/mnt/eu/kiosk', root: '/mnt/eu' }));
    expect(
      resolveUnc('\\\\files\\setup\\plans\\europe', { mounts, platform: 'linux' }),
    ).toMatchObject(ok({ path: '/mnt/setup/plans/europe', root: '/mnt/setup' }));
  });

  it('says which lines to write for a share that no mount is named for', () => {
    expect(resolveUnc('//nas/My Plans/kiosk', { mounts, platform: 'linux' })).toEqual({
      ok: false,
      failure: {
        code: 'update/unreachable',
        message: '\\\\nas\\My Plans is not mounted on this device.',
        hint: [
          'Mount the share, and say where in device.toml:',
          '[unc.mounts]',
          `'\\\\nas\\My Plans' = "/mnt/MyPlans"`,
        ].join('\n'),
      },
    });
  });

  it('writes lines that are TOML whatever the share is called', () => {
    const resolved = resolveUnc(`//nas/Eve's`, { mounts, platform: 'linux' });
    const [, ...lines] = (resolved.ok ? '' : (resolved.failure.hint ?? '')).split('\n');
    expect(parse(lines.join('\n'))).toEqual({ unc: { mounts: { "\\\\nas\\Eve's": '/mnt/Eves' } } });
  });

  it('leaves shares to Windows on Windows', () => {
    expect(resolveUnc('//files/setup/a', { mounts, platform: 'win32' })).toEqual(
      ok({
        kind: 'file',
        path: '\\\\files\\setup\\a',
        root: '\\\\files\\setup\\',
        share: '\\\\files\\setup',
      }),
    );
  });
});
