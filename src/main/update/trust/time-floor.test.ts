import { describe, expect, it } from 'vitest';
import { refreshed, refusedWith, testDevice } from './testing/device.test-support.ts';
import {
  merged,
  testKey,
  testKeys,
  testRelease,
  testRoot,
} from './testing/repository.test-support.ts';

const keys = testKeys();
const root = testRoot(keys);

/** A release that is good in one year only, with its dates on January 1. */
function releaseOf(year: number, version = 1) {
  const expires = `${year + 1}-01-01T00:00:00Z`;
  return testRelease(keys, {
    version,
    expires: { targets: expires, snapshot: expires, timestamp: expires },
    signedAt: `${year}-01-01T00:00:00Z`,
  });
}

// None of these years is that of the machine that runs the tests, so its clock cannot pass them.
describe('the time that dates are judged by', () => {
  it('is the clock of the device', async () => {
    const device = testDevice({
      root,
      served: releaseOf(2015, 2),
      now: '2015-06-01T00:00:00Z',
      buildTime: '2014-01-01T00:00:00Z',
    });
    await refreshed(device);
    device.served = merged(releaseOf(2015, 1));
    expect(await refusedWith(device)).toBe('update/rollback');
  });

  it.each([
    ['snapshot', '3.snapshot.json'],
    ['targets', '3.targets.json'],
  ])('is asked for %s too', async (role, name) => {
    const device = testDevice({
      root,
      served: testRelease(keys, { version: 3, expires: { [role]: '2036-01-01T00:00:00Z' } }),
      now: '2031-02-01T00:00:00Z',
    });
    await refreshed(device);
    const late = testDevice({
      root,
      served: testRelease(keys, {
        version: 3,
        expires: {
          targets: '2039-01-01T00:00:00Z',
          snapshot: '2039-01-01T00:00:00Z',
          timestamp: '2039-01-01T00:00:00Z',
          [role]: '2036-01-01T00:00:00Z',
        },
      }),
      now: '2037-02-01T00:00:00Z',
    });
    expect(await late.refresh()).toMatchObject({
      failure: {
        code: 'update/expired',
        message: `https://plans.example/acme/1.0/metadata/${name} was valid until 2036-01-01T00:00:00Z, and it is 2037-02-01T00:00:00.000Z.`,
      },
    });
  });

  it('is the build time where the clock says 1970', async () => {
    const device = testDevice({
      root,
      served: releaseOf(2029),
      now: '1970-01-01T00:00:00Z',
      buildTime: '2030-06-01T00:00:00Z',
    });
    expect(await refusedWith(device)).toBe('update/expired');
    device.served = merged(releaseOf(2030));
    await refreshed(device);
  });

  it('is the newest verified signed time where the clock says 1970, restarts included', async () => {
    const device = testDevice({ root, served: releaseOf(2032), now: '1970-01-01T00:00:00Z' });
    await refreshed(device);
    const again = device.restarted();
    again.served = merged(releaseOf(2031, 2));
    expect(await refusedWith(again)).toBe('update/expired');
  });

  it('never goes back: an older signed time does not lower it', async () => {
    const device = testDevice({ root, served: releaseOf(2032), now: '1970-01-01T00:00:00Z' });
    await refreshed(device);
    const long = {
      targets: '2039-01-01T00:00:00Z',
      snapshot: '2039-01-01T00:00:00Z',
      timestamp: '2039-01-01T00:00:00Z',
    };
    device.served = merged(
      testRelease(keys, { version: 2, signedAt: '2031-01-01T00:00:00Z', expires: long }),
    );
    await refreshed(device);
    device.served = merged(releaseOf(2031, 3));
    expect(await refusedWith(device)).toBe('update/expired');
  });

  it('is the clock where that says 2040: everything is refused, and what is kept stays in use', async () => {
    const device = testDevice({ root, served: releaseOf(2031) });
    await refreshed(device);
    const before = await device.kept();
    device.clock.time = Date.parse('2039-06-01T00:00:00Z');
    expect(await refusedWith(device)).toBe('update/expired');
    expect(await device.kept()).toBe(before);
    expect(await device.trust.status()).toMatchObject({ isStale: true });
    device.clock.time = Date.parse('2031-06-01T00:00:00Z');
    await refreshed(device);
    expect(await device.trust.status()).toMatchObject({ isStale: false });
  });

  it.each([undefined, 'tomorrow', '2031-13-45T00:00:00Z', '9999'])(
    'is not moved by a timestamp that says it was signed at %s',
    async (signedAt) => {
      const device = testDevice({ root, served: testRelease(keys, { signedAt }) });
      await refreshed(device);
      expect(await device.kept()).not.toContain('"signedAt"');
    },
  );
});

describe('a signed time in the far future', () => {
  const forged = testRelease(keys, {
    version: 2,
    signedAt: '2035-01-01T00:00:00Z',
    expires: { snapshot: '2099-01-01T00:00:00Z', timestamp: '2099-01-01T00:00:00Z' },
  });

  it('is refused if the keys kept offline did not sign targets that long', async () => {
    const device = testDevice({ root, served: releaseOf(2031) });
    await refreshed(device);
    device.served = merged(forged);
    expect(await device.refresh()).toMatchObject({
      failure: {
        code: 'update/expired',
        message:
          'https://plans.example/acme/1.0/metadata/2.targets.json was valid until 2032-01-01T00:00:00Z, and it is 2035-01-01T00:00:00.000Z.',
      },
    });
    device.served = merged(releaseOf(2031, 3));
    await refreshed(device);
  });

  it('holds up the device until the stolen keys are rotated', async () => {
    const upToTargets = testRelease(keys, { version: 2, signedAt: '2031-12-31T00:00:00Z' });
    const device = testDevice({ root, served: upToTargets });
    await refreshed(device);
    const soon = { timestamp: '2031-04-01T00:00:00Z' };
    device.served = merged(testRelease(keys, { version: 3, expires: soon }));
    expect(await refusedWith(device)).toBe('update/expired');
    const rotated = { ...keys, timestamp: [testKey()] };
    device.served = merged(
      testRoot(rotated, { version: 2 }),
      testRelease(rotated, { expires: soon }),
    );
    await refreshed(device);
  });
});

describe('status', () => {
  it('says before the first refresh which root is trusted', async () => {
    expect(await testDevice({ root }).trust.status()).toEqual({ rootVersion: 1, isStale: false });
  });

  it('says up to when all that was verified is good, and that it is stale after that', async () => {
    const expires = { snapshot: '2031-05-01T00:00:00Z' };
    const device = testDevice({ root, served: testRelease(keys, { expires }) });
    await refreshed(device);
    const good = { rootVersion: 1, expires: '2031-05-01T00:00:00.000Z', isStale: false };
    expect(await device.trust.status()).toEqual(good);
    device.clock.time = Date.parse('2031-05-01T00:00:00Z');
    expect(await device.restarted().trust.status()).toEqual({ ...good, isStale: true });
  });

  it('judges by the time floor where the clock says 1970', async () => {
    const device = testDevice({ root, served: releaseOf(2031), now: '1970-01-01T00:00:00Z' });
    await refreshed(device);
    device.served = merged(releaseOf(2033));
    await refreshed(device, { kind: 'https', url: 'https://plans.example/acme/2.0' });
    device.served = merged(releaseOf(2031));
    expect(await refusedWith(device)).toBe('update/expired');
    expect(await device.trust.status()).toEqual({
      rootVersion: 1,
      expires: '2032-01-01T00:00:00.000Z',
      isStale: true,
    });
  });
});
