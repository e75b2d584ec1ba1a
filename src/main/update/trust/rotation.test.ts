import { describe, expect, it } from 'vitest';
import { refreshed, refusedWith, testDevice } from './testing/device.test-support.ts';
import {
  merged,
  testKey,
  testKeys,
  testRelease,
  testRoot,
  type Files,
} from './testing/repository.test-support.ts';

const old = testKeys();
const root1 = testRoot(old);

function bytesOf(files: Files): Uint8Array {
  return [...files.values()][0] ?? new Uint8Array();
}

describe('rotated roots', () => {
  const newer = testKeys();
  const root2 = testRoot(newer, { version: 2, alsoBy: old.root });
  const newest = testKeys();
  const root3 = testRoot(newest, { version: 3, alsoBy: newer.root });

  it('are followed one by one, and what the old keys sign is refused then', async () => {
    const device = testDevice({ root: root1, served: testRelease(old) });
    await refreshed(device);
    device.served = merged(root2, root3, testRelease(newest, { version: 2 }));
    await refreshed(device);
    expect((await device.trust.status()).rootVersion).toBe(3);
    device.served = merged(root2, root3, testRelease(old, { version: 3 }));
    expect(await refusedWith(device)).toBe('update/untrusted');
  });

  it('are followed from the last one that was kept', async () => {
    const device = testDevice({ root: root1, served: merged(root2, testRelease(newer)) });
    await refreshed(device);
    device.served = merged(root3, testRelease(newest));
    await refreshed(device);
    const again = device.restarted();
    expect((await again.trust.status()).rootVersion).toBe(3);
    await refreshed(again);
    expect(again.asked[0]).toBe('metadata/4.root.json');
  });

  it('stay in force after a restart, when the source no longer shows them', async () => {
    const device = testDevice({
      root: root1,
      served: merged(root2, testRelease(newer)),
    });
    await refreshed(device);
    const again = device.restarted();
    again.served = merged(testRelease(old, { version: 2 }));
    expect(await refusedWith(again)).toBe('update/untrusted');
  });

  it('are kept even where what follows is refused', async () => {
    const device = testDevice({ root: root1, served: merged(root2, testRelease(old)) });
    expect(await refusedWith(device)).toBe('update/untrusted');
    expect((await device.restarted().trust.status()).rootVersion).toBe(2);
  });

  it('need the old threshold, not just one of the old keys', async () => {
    const strictKeys = testKeys({ root: [testKey(), testKey()] });
    const strict = testRoot(strictKeys, { thresholds: { root: 2 } });
    const half = testRoot(newer, { version: 2, alsoBy: strictKeys.root.slice(0, 1) });
    const device = testDevice({ root: strict, served: merged(half, testRelease(newer)) });
    expect(await refusedWith(device)).toBe('update/untrusted');
    device.served = merged(testRelease(strictKeys));
    await refreshed(device);
  });

  it('may be past their date on the way to a newer one', async () => {
    const past = testRoot(newer, {
      version: 2,
      alsoBy: old.root,
      expires: '2030-06-01T00:00:00Z',
    });
    const served = merged(past, root3, testRelease(newest));
    await refreshed(testDevice({ root: root1, served }));
  });
});

describe('new firmware', () => {
  const newer = testKeys();
  const root2 = testRoot(newer, { version: 2, alsoBy: old.root });

  it('with a newer root goes on from there, and what old keys signed is forgotten', async () => {
    const device = testDevice({ root: root1, served: testRelease(old, { version: 9 }) });
    await refreshed(device);
    const updated = device.restarted(bytesOf(root2));
    expect(await updated.trust.status()).toEqual({ rootVersion: 2, isStale: false });
    updated.served = merged(testRelease(newer));
    await refreshed(updated);
  });

  it('with the root that was followed already keeps what was verified', async () => {
    const device = testDevice({
      root: root1,
      served: merged(root2, testRelease(newer, { version: 9 })),
    });
    await refreshed(device);
    const updated = device.restarted(bytesOf(root2));
    updated.served = merged(testRelease(newer, { version: 8 }));
    expect(await refusedWith(updated)).toBe('update/rollback');
  });

  it('with an older root is led to the newest one again', async () => {
    const device = testDevice({ root: root2, served: testRelease(newer, { version: 9 }) });
    const root3 = testRoot(newer, { version: 3 });
    device.served = merged(root3, testRelease(newer, { version: 9 }));
    await refreshed(device);
    const older = device.restarted(bytesOf(root1));
    older.served = merged(root2, root3, testRelease(newer, { version: 8 }));
    expect(await refusedWith(older)).toBe('update/rollback');
  });

  it('after a new key ceremony wins over all that was kept', async () => {
    const device = testDevice({
      root: root1,
      served: merged(root2, testRelease(newer, { version: 9 })),
    });
    await refreshed(device);
    const ceremony = testKeys();
    const updated = device.restarted(bytesOf(testRoot(ceremony)));
    expect(await refusedWith(updated)).toBe('update/untrusted');
    updated.served = merged(testRelease(ceremony));
    await refreshed(updated);
    expect((await updated.trust.status()).rootVersion).toBe(1);
  });
});

describe('recovery from stolen online keys', () => {
  // What the thief signed cannot be followed by anything honest while the keys stay the same.
  const forged = testRelease(old, {
    version: { targets: 1_000_000, snapshot: 1_000_000, timestamp: 1_000_000 },
    signedAt: '2031-12-31T00:00:00Z',
  });

  it('is a new root with other keys for timestamp and snapshot', async () => {
    const device = testDevice({ root: root1, served: forged });
    await refreshed(device);
    device.served = merged(testRelease(old, { version: 2 }));
    expect(await refusedWith(device)).toBe('update/rollback');
    const rotated = { ...old, snapshot: [testKey()], timestamp: [testKey()] };
    const root2 = testRoot(rotated, { version: 2 });
    const honest = testRelease(rotated, {
      version: 2,
      expires: { timestamp: '2031-04-01T00:00:00Z' },
    });
    device.served = merged(root2, honest);
    await refreshed(device);
  });

  it('is a new root with another key for the timestamp alone', async () => {
    const device = testDevice({ root: root1, served: forged });
    await refreshed(device);
    const rotated = { ...old, timestamp: [testKey()] };
    device.served = merged(testRoot(rotated, { version: 2 }), testRelease(rotated, { version: 2 }));
    await refreshed(device);
  });

  it('is a new root with another key for the snapshot alone', async () => {
    const device = testDevice({ root: root1, served: forged });
    await refreshed(device);
    const rotated = { ...old, snapshot: [testKey()] };
    device.served = merged(testRoot(rotated, { version: 2 }), testRelease(rotated, { version: 2 }));
    await refreshed(device);
  });

  it('is no new root with the same online keys', async () => {
    const device = testDevice({ root: root1, served: testRelease(old, { version: 5 }) });
    await refreshed(device);
    const rotated = { ...old, root: [testKey()] };
    const root2 = testRoot(rotated, { version: 2, alsoBy: old.root });
    device.served = merged(root2, testRelease(rotated, { version: 4 }));
    expect(await refusedWith(device)).toBe('update/rollback');
  });

  it('works for new firmware too, which brings the new root along', async () => {
    const device = testDevice({ root: root1, served: forged });
    await refreshed(device);
    const rotated = { ...old, snapshot: [testKey()] };
    const updated = device.restarted(bytesOf(testRoot(rotated, { version: 2 })));
    updated.served = merged(testRelease(rotated, { version: 2 }));
    await refreshed(updated);
  });
});
