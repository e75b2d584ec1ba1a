import { describe, expect, it } from 'vitest';
import { homePaths, resolveHome, type Surroundings } from './home.ts';

const linux: Surroundings = {
  env: {},
  platform: 'linux',
  userFolder: '/users/ann',
  workingFolder: '/work',
};

describe('resolveHome', () => {
  it.each<[string, string | undefined, Partial<Surroundings>, string]>([
    ['the option first', '/a', { env: { FIRSTLIGHT_HOME: '/b', XDG_STATE_HOME: '/c' } }, '/a'],
    ['then FIRSTLIGHT_HOME', undefined, { env: { FIRSTLIGHT_HOME: '/b' } }, '/b'],
    [
      'an empty FIRSTLIGHT_HOME is none',
      '',
      { env: { FIRSTLIGHT_HOME: '' } },
      '/users/ann/.local/state/firstlight',
    ],
    ['a relative one from the working folder', 'state/a', {}, '/work/state/a'],
    ['XDG_STATE_HOME on Linux', undefined, { env: { XDG_STATE_HOME: '/c' } }, '/c/firstlight'],
    [
      'a relative XDG_STATE_HOME is ignored',
      undefined,
      { env: { XDG_STATE_HOME: 'c' } },
      '/users/ann/.local/state/firstlight',
    ],
    [
      'Application Support on macOS',
      undefined,
      { platform: 'darwin' },
      '/users/ann/Library/Application Support/Firstlight',
    ],
    [
      'LOCALAPPDATA on Windows',
      undefined,
      { platform: 'win32', env: { LOCALAPPDATA: '/local' } },
      '/local/Firstlight',
    ],
    [
      'AppData without LOCALAPPDATA',
      undefined,
      { platform: 'win32' },
      '/users/ann/AppData/Local/Firstlight',
    ],
  ])('takes %s', (_what, option, around, expected) => {
    expect(resolveHome(option, { ...linux, ...around })).toBe(expected);
  });
});

describe('homePaths', () => {
  it('keeps everything inside the home, each in a place of its own', () => {
    const { folder, ...rest } = homePaths('/home');
    const places = Object.values(rest);
    expect(places.every((place) => place.startsWith(`${folder}/`))).toBe(true);
    expect(new Set(places).size).toBe(places.length);
  });
});
