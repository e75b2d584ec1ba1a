import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resourcesFolder } from '../resources.ts';
import { SYSTEM_FILE } from './load-device-config.ts';
import { deviceConfigFiles } from './read-device-config.ts';

describe('the files of a configuration', () => {
  it.each<[string, string | undefined, Record<string, string>, string]>([
    ['of the system, where nothing is said', undefined, {}, SYSTEM_FILE],
    ['of the environment', undefined, { FIRSTLIGHT_DEVICE_CONFIG: '/a' }, '/a'],
    ['an empty variable counts as none', undefined, { FIRSTLIGHT_DEVICE_CONFIG: '' }, SYSTEM_FILE],
    ['of the command line first', '/b', { FIRSTLIGHT_DEVICE_CONFIG: '/a' }, '/b'],
  ])('are the app’s own, and over it that %s', (_what, deviceConfig, env, expected) => {
    expect(deviceConfigFiles({ deviceConfig }, env)).toEqual([
      path.join(resourcesFolder(), 'device.toml'),
      path.resolve(expected),
    ]);
  });
});
