import { describe, expect, it } from 'vitest';
import { FOLDER, refreshed, refusedWith, testDevice } from './testing/device.test-support.ts';
import { merged, testKeys, testRelease, testRoot } from './testing/repository.test-support.ts';

const keys = testKeys();
const root = testRoot(keys);

describe('a device with a root of trust', () => {
  it('says of each target how long it is, what its digest is and where it lies', async () => {
    const served = testRelease(keys, { plan: 'x', plugins: { 'plugins/howto.tgz': 'yy' } });
    const targets = await refreshed(testDevice({ root, served }));
    const plan = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
    const plugin = targets.target('plugins/howto.tgz');
    expect(targets.target('execution_plan.toml')).toEqual({
      length: 1,
      sha256: plan,
      file: `${plan}.execution_plan.toml`,
    });
    expect(plugin).toMatchObject({ length: 2, file: `plugins/${plugin?.sha256}.howto.tgz` });
  });

  it.each(['plugins/other.tgz', 'constructor', '__proto__'])(
    'knows no target that was not signed: %s',
    async (path) => {
      const targets = await refreshed(testDevice({ root, served: testRelease(keys) }));
      expect(targets.target(path)).toBeUndefined();
    },
  );

  it('takes a newer release, and only its parts that are new are fetched', async () => {
    const device = testDevice({ root, served: testRelease(keys) });
    await refreshed(device);
    device.served = merged(testRelease(keys, { version: 2, plan: 'newer' }));
    expect((await refreshed(device)).target('execution_plan.toml')?.length).toBe(5);
    device.asked.length = 0;
    await refreshed(device);
    expect(device.asked).toEqual(['metadata/2.root.json', 'metadata/timestamp.json']);
  });

  it('goes on after a restart from what it kept, power cut included', async () => {
    const device = testDevice({ root, served: testRelease(keys) });
    await refreshed(device);
    const again = device.restarted();
    await refreshed(again);
    expect(again.asked).toEqual(['metadata/2.root.json', 'metadata/timestamp.json']);
  });

  it('passes on why a source could not be asked, and does not take it for the end of roots', async () => {
    const device = testDevice({ root, served: testRelease(keys) });
    const failure = { code: 'update/unreachable', message: 'No way to plans.example.' } as const;
    device.served.set('metadata/2.root.json', failure);
    expect(await device.refresh()).toEqual({ ok: false, failure });
  });

  it('takes a refused next root for the end of roots, as S3 answers without list permission', async () => {
    const device = testDevice({ root, served: testRelease(keys) });
    device.served.set('metadata/2.root.json', { code: 'update/denied', message: 'No.' });
    await refreshed(device);
  });

  it('says that access is denied if it is denied to everything', async () => {
    const device = testDevice({ root });
    for (const name of ['metadata/2.root.json', 'metadata/timestamp.json'])
      device.served.set(name, { code: 'update/denied', message: 'No.' });
    expect(await refusedWith(device)).toBe('update/denied');
  });

  it('says that there is nothing where nothing was published', async () => {
    expect(await refusedWith(testDevice({ root }))).toBe('update/not-found');
  });

  it('counts versions for each plan folder, wherever the repository has moved to', async () => {
    const device = testDevice({ root, served: testRelease(keys, { version: 7 }) });
    await refreshed(device);
    device.served = merged(testRelease(keys, { version: 2 }));
    await refreshed(device, { kind: 'https', url: 'https://plans.example/acme/2.0' });
    const moved = await device.refresh({
      kind: 'https',
      url: 'https://other.example/mirror/acme/1.0/',
    });
    expect(moved).toMatchObject({ ok: false, failure: { code: 'update/rollback' } });
  });

  it('ends with its signal', async () => {
    const device = testDevice({ root, served: testRelease(keys) });
    const { trust } = device;
    expect(await trust.refresh({ folder: FOLDER, signal: AbortSignal.abort() })).toMatchObject({
      failure: { code: 'update/timeout' },
    });
    expect(await device.kept()).toBeUndefined();
  });

  it('lets one refresh end before the next begins', async () => {
    const device = testDevice({ root, served: testRelease(keys, { version: 2 }) });
    const results = await Promise.all([device.refresh(), device.refresh()]);
    expect(results.map((result) => result.ok)).toEqual([true, true]);
    expect(device.asked.filter((name) => name === 'metadata/2.targets.json')).toHaveLength(1);
  });

  it('does not write what it already has', async () => {
    const device = testDevice({ root, served: testRelease(keys) });
    await refreshed(device);
    device.files.open = () => Promise.reject(new Error('nothing is to be written'));
    await refreshed(device);
  });

  it('ignores delegated roles: what only they name is not named', async () => {
    const served = testRelease(keys, { delegated: { 'plugins/extra.tgz': 'z' } });
    const device = testDevice({ root, served });
    const targets = await refreshed(device);
    expect(targets.target('plugins/extra.tgz')).toBeUndefined();
    expect(device.asked).not.toContain('metadata/1.extra.json');
    expect(targets.target('execution_plan.toml')).toBeDefined();
  });
});
