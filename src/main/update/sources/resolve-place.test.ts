import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok } from '#shared';
import type { Place } from './place.ts';
import { below, describePlace, resolvePlace, type PlaceContext } from './resolve-place.ts';

const context: PlaceContext = {
  baseFolder: '/device/resources',
  mounts: { '\\\\files\\setup': '/mnt/setup' },
  platform: 'linux',
  parseS3: (text) => ok({ kind: 's3', bucket: 'plans', key: text }),
};

describe('resolvePlace', () => {
  it('takes a relative folder from the base folder, whatever the working folder is', () => {
    const folder = '/device/updates';
    expect(resolvePlace('local', '../updates', context)).toEqual(
      ok({ kind: 'file', path: folder, root: folder }),
    );
  });

  it('takes an absolute folder as it is', () => {
    expect(resolvePlace('local', '/share/plans/', context)).toEqual(
      ok({ kind: 'file', path: '/share/plans', root: '/share/plans' }),
    );
  });

  it('reads a folder as Windows does on Windows', () => {
    const windows: PlaceContext = { ...context, platform: 'win32', baseFolder: 'C:\\kiosk' };
    expect(resolvePlace('local', 'plans/new', windows)).toEqual(
      ok({ kind: 'file', path: 'C:\\kiosk\\plans\\new', root: 'C:\\kiosk\\plans\\new' }),
    );
  });

  it('finds a share where it is mounted', () => {
    expect(resolvePlace('unc', '\\\\files\\setup\\plans', context)).toMatchObject(
      ok({ kind: 'file', path: '/mnt/setup/plans', root: '/mnt/setup' }),
    );
  });

  it('leaves S3 addresses to their own rules', () => {
    expect(resolvePlace('s3', 's3://x/y', context)).toEqual(
      ok({ kind: 's3', bucket: 'plans', key: 's3://x/y' }),
    );
  });

  it('drops the fragment of an https address and keeps its query', () => {
    expect(resolvePlace('https', 'https://h.example/a b?sig=1#top', context)).toEqual(
      ok({ kind: 'https', url: 'https://h.example/a%20b?sig=1' }),
    );
  });

  it.each(['http://h.example/a', 'file:///etc/passwd', 'plans', 'https://'])(
    'refuses %s as an https address',
    (text) => {
      expect(resolvePlace('https', text, context)).toMatchObject({
        ok: false,
        failure: { code: 'update/invalid' },
      });
    },
  );
});

describe('below', () => {
  it.each<[string, Place, string]>([
    ['a folder', { kind: 'file', path: '/plans', root: '/plans' }, '/plans/a b/1.0%'],
    [
      'a folder of Windows',
      { kind: 'file', path: '\\\\files\\setup\\', root: '\\\\files\\setup\\' },
      '\\\\files\\setup\\a b\\1.0%',
    ],
    ['a whole bucket', { kind: 's3', bucket: 'b', key: '' }, 's3://b/a b/1.0%'],
    ['a prefix', { kind: 's3', bucket: 'b', key: 'p/q/' }, 's3://b/p/q/a b/1.0%'],
    [
      'an address',
      { kind: 'https', url: 'https://h.example/p%20q/' },
      'https://h.example/p%20q/a%20b/1.0%25',
    ],
    ['a bare host', { kind: 'https', url: 'https://h.example' }, 'https://h.example/a%20b/1.0%25'],
  ])('joins names below %s', (_what, folder, joined) => {
    expect(describePlace(below(folder, 'a b', '1.0%'))).toBe(joined);
  });

  it('keeps the root, which says whether the share is there', () => {
    const share: Place = { kind: 'file', path: '/mnt/s/p', root: '/mnt/s', share: '\\\\f\\s' };
    expect(below(share, 'x')).toEqual({ ...share, path: '/mnt/s/p/x' });
  });

  it('keeps the query of an address, which may be what grants access', () => {
    expect(below({ kind: 'https', url: 'https://h.example/p?sig=1' }, 'x')).toEqual({
      kind: 'https',
      url: 'https://h.example/p/x?sig=1',
    });
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\0', '\ud800'])('throws on %j, a bug', (segment) => {
    expect(() => below({ kind: 's3', bucket: 'b', key: 'p' }, segment)).toThrow(
      `${JSON.stringify(segment)} is not one name of a path`,
    );
  });

  it.each(['C:', 'a:stream', '.. ', '...'])('throws on %j on Windows', (segment) => {
    const folder: Place = { kind: 'file', path: 'C:\\plans', root: 'C:\\plans' };
    expect(() => below(folder, segment)).toThrow('is not one name of a path');
  });

  // Texts that are likely to climb, beside any text at all.
  const segment = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('.', '/', '\\', '%2e', '%2f', '?', '#', ':', ' ', '\t', 'a'),
    }),
  );

  it.each<[string, Place, (place: Place) => readonly string[]]>([
    [
      'a folder',
      { kind: 'file', path: '/plans', root: '/plans' },
      (place) => (place.kind === 'file' ? path.posix.normalize(place.path).split('/') : []),
    ],
    [
      'a folder of Windows',
      { kind: 'file', path: 'C:\\plans', root: 'C:\\plans' },
      (place) => (place.kind === 'file' ? path.win32.normalize(place.path).split('\\') : []),
    ],
    [
      'a prefix',
      { kind: 's3', bucket: 'b', key: 'plans' },
      (place) => (place.kind === 's3' ? ['', ...place.key.split('/')] : []),
    ],
    [
      'an address',
      { kind: 'https', url: 'https://h.example/plans' },
      (place) =>
        place.kind === 'https'
          ? new URL(place.url).pathname.split('/').map((name) => decodeURIComponent(name))
          : [],
    ],
  ])(
    'never leaves %s: it throws, or ends exactly as deep as there are names',
    (_what, at, split) => {
      fc.assert(
        fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), (segments) => {
          let place: Place;
          try {
            place = below(at, ...segments);
          } catch {
            return;
          }
          expect(split(place).slice(1)).toEqual(['plans', ...segments]);
        }),
      );
    },
  );
});

describe('describePlace', () => {
  it('shows no user name, password or query', () => {
    const url = 'https://eve:secret@h.example:8443/p?X-Amz-Signature=1';
    expect(describePlace({ kind: 'https', url })).toBe('https://h.example:8443/p');
  });

  it('names the server of an object that is not at Amazon', () => {
    const endpoint = 'http://eve:secret@127.0.0.1:9000';
    expect(describePlace({ kind: 's3', bucket: 'b', key: 'k', endpoint })).toBe(
      's3://b/k at 127.0.0.1:9000',
    );
  });
});
