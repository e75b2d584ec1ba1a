import { describe, expect, it } from 'vitest';
import type { JsonObject, Result } from '#shared';
import type { FilesPort } from '../state/files-port.ts';
import { cutAt, hookedFiles } from '../state/testing/hooked-files.test-support.ts';
import { unsyncedFiles } from '../state/testing/unsynced-files.test-support.ts';
import type { DeviceSettings } from './device-port.ts';
import { createSimulatedProvisioning } from './simulated-provisioning.ts';
import { manualClock } from './testing/manual-clock.test-support.ts';

const PATH = '/home/device-settings.json';

const settings: DeviceSettings = {
  language: 'de',
  region: 'AT',
  timeZone: 'Europe/Vienna',
  deviceName: 'Küche',
  user: { fullName: 'Ann Other', userName: 'ann', passwordHash: 'scrypt$a$b' },
};

function apply(
  files: FilesPort,
  request: { readonly settings?: DeviceSettings; readonly signal?: AbortSignal } = {},
): Promise<Result<JsonObject>> {
  return createSimulatedProvisioning({ files, path: PATH, clock: manualClock() }).apply({
    settings: request.settings ?? settings,
    signal: request.signal ?? new AbortController().signal,
    onProgress: () => undefined,
  });
}

async function stored(files: FilesPort): Promise<unknown> {
  return JSON.parse(Buffer.from(await files.read(PATH)).toString());
}

describe('simulated provisioning', () => {
  it('writes every setting', async () => {
    const files = unsyncedFiles();
    await apply(files);
    expect(await stored(files)).toEqual(settings);
  });

  it('says what it applied, without the hash', async () => {
    expect(await apply(unsyncedFiles())).toEqual({
      ok: true,
      value: {
        language: 'de',
        region: 'AT',
        timeZone: 'Europe/Vienna',
        deviceName: 'Küche',
        userName: 'ann',
      },
    });
  });

  it('says in words what it is doing, and how far it is', async () => {
    const progress: string[] = [];
    const provisioning = createSimulatedProvisioning({
      files: unsyncedFiles(),
      path: PATH,
      clock: manualClock(),
    });
    await provisioning.apply({
      settings,
      signal: new AbortController().signal,
      onProgress: (percent, message) => progress.push(`${percent} ${message}`),
    });
    expect(progress).toEqual([
      '0 Setting the language',
      '20 Setting the region',
      '40 Setting the time zone',
      '60 Naming the device',
      '80 Creating the profile',
      '100 The device is set up',
    ]);
  });

  it('gives the same file when it is done again', async () => {
    const files = unsyncedFiles();
    await apply(files);
    const once = await files.read(PATH);
    await apply(files);
    expect(await files.read(PATH)).toEqual(once);
  });

  it('takes an earlier profile away when there is none any more', async () => {
    const files = unsyncedFiles();
    await apply(files);
    const { user: _none, ...without } = settings;
    await apply(files, { settings: without });
    expect(await stored(files)).toEqual(without);
  });

  it('stops before the next step when it is aborted', async () => {
    const files = unsyncedFiles();
    const abort = new AbortController();
    const provisioning = createSimulatedProvisioning({ files, path: PATH, clock: manualClock() });
    const result = await provisioning.apply({
      settings,
      signal: abort.signal,
      onProgress: (percent) => {
        if (percent === 40) abort.abort();
      },
    });
    expect(result).toEqual({
      ok: false,
      failure: { code: 'plugin/cancelled', message: 'Cancelled before: Setting the time zone.' },
    });
    expect(await stored(files)).toEqual({ language: 'de', region: 'AT' });
  });

  it('does not wait out a step that is aborted', async () => {
    const clock = manualClock();
    const abort = new AbortController();
    const provisioning = createSimulatedProvisioning({
      files: unsyncedFiles(),
      path: PATH,
      clock,
      stepMs: 500,
    });
    const result = provisioning.apply({
      settings,
      signal: abort.signal,
      onProgress: () => undefined,
    });
    expect(clock.pending).toBe(1);
    abort.abort();
    expect(await result).toMatchObject({ ok: false, failure: { code: 'plugin/cancelled' } });
    expect(clock.pending).toBe(0);
  });

  it('can be done again after a power cut at any place', async () => {
    const counter = cutAt(Infinity);
    await apply(hookedFiles(unsyncedFiles(), counter.hook));
    for (let place = 1; place <= counter.count(); place += 1) {
      const disk = unsyncedFiles();
      await expect(apply(hookedFiles(disk, cutAt(place).hook))).rejects.toThrow('power cut');
      const left = disk.powerCut((options) => place % options);
      await apply(left);
      expect(await stored(left)).toEqual(settings);
    }
  });

  it('names the folder of a disk that cannot be written to', async () => {
    const files = hookedFiles(unsyncedFiles(), () => {
      throw Object.assign(new Error(), { code: 'EROFS', syscall: 'open' });
    });
    expect(await apply(files)).toMatchObject({
      ok: false,
      failure: { code: 'shell/read-only', message: expect.stringContaining('/home') as string },
    });
  });
});
