import { Signature } from '@tufjs/models';
import { describe, expect, it } from 'vitest';
import {
  refreshed,
  refusedWith,
  testDevice,
  type TestDevice,
} from './testing/device.test-support.ts';
import {
  merged,
  sameKeyAs,
  testKey,
  testKeys,
  testRelease,
  testRoot,
  type Files,
} from './testing/repository.test-support.ts';

const keys = testKeys();
const root = testRoot(keys);
const thief = testKeys();
const names = { timestamp: 'metadata/timestamp.json' };

/** A device that has taken release 2, by then the newest. */
async function deviceWithRelease2(): Promise<TestDevice> {
  const device = testDevice({ root, served: testRelease(keys, { version: 2 }) });
  await refreshed(device);
  return device;
}

function without(files: Files, name: string): Map<string, Uint8Array> {
  return new Map([...files].filter(([other]) => other !== name));
}

interface Attack {
  readonly what: string;
  readonly code: string;
  readonly served: Files;
  /** Names the file, and what is wrong with it. */
  readonly says: string;
}

const release2 = testRelease(keys, { version: 2 });
const release3 = testRelease(keys, { version: 3 });
const signedByThief = (role: 'targets' | 'snapshot' | 'timestamp') =>
  testRelease(keys, { version: 3, signers: { [role]: thief[role] } });

const ATTACKS: readonly Attack[] = [
  {
    what: 'an older timestamp',
    code: 'update/rollback',
    served: testRelease(keys, { version: 1 }),
    says: 'timestamp.json is older than what this device has verified before.',
  },
  {
    what: 'an older snapshot under a newer timestamp',
    code: 'update/rollback',
    served: testRelease(keys, { version: { targets: 2, snapshot: 1, timestamp: 3 } }),
    says: 'timestamp.json is older than what this device has verified before.',
  },
  {
    what: 'a timestamp that is past its date',
    code: 'update/expired',
    served: testRelease(keys, { version: 3, expires: { timestamp: '2031-01-01T12:00:00Z' } }),
    says: 'timestamp.json was valid until 2031-01-01T12:00:00Z, and it is 2031-01-02T00:00:00.000Z.',
  },
  {
    what: 'a timestamp of other keys',
    code: 'update/untrusted',
    served: signedByThief('timestamp'),
    says: 'timestamp.json is not signed by enough of the keys that this device trusts.',
  },
  {
    what: 'a timestamp that was changed after it was signed',
    code: 'update/untrusted',
    served: edited(release3, names.timestamp, '2032-', '2039-'),
    says: 'timestamp.json is not signed by enough of the keys that this device trusts.',
  },
  {
    what: 'a signed file of another role in place of the timestamp',
    code: 'update/untrusted',
    served: merged(
      release3,
      new Map([[names.timestamp, release3.get('metadata/3.snapshot.json') ?? new Uint8Array()]]),
    ),
    says: 'timestamp.json is no valid TUF metadata.',
  },
  {
    what: 'something that is no metadata',
    code: 'update/untrusted',
    served: new Map([[names.timestamp, Buffer.from('<html>Please log in</html>')]]),
    says: 'timestamp.json is no valid TUF metadata.',
  },
  {
    what: 'a root nested a hundred thousand deep',
    code: 'update/untrusted',
    served: edited(
      testRoot(keys, { version: 2 }),
      'metadata/2.root.json',
      '"_type"',
      `"x":${'['.repeat(1e5)}${']'.repeat(1e5)},"_type"`,
    ),
    says: '2.root.json is not signed by enough of the keys that this device trusts.',
  },
  {
    what: 'a next root of other keys',
    code: 'update/untrusted',
    served: merged(release3, testRoot(thief, { version: 2 })),
    says: '2.root.json is not signed by enough of the keys that this device trusts.',
  },
  {
    what: 'a next root that the old keys signed, but not its own',
    code: 'update/untrusted',
    served: merged(release3, testRoot(thief, { version: 2, onlyBy: keys.root })),
    says: '2.root.json is not signed by enough of the keys that this device trusts.',
  },
  {
    what: 'a root that skips a version',
    code: 'update/untrusted',
    served: merged(
      release3,
      new Map([['metadata/2.root.json', onlyBytes(testRoot(keys, { version: 3 }))]]),
    ),
    says: '2.root.json is not the version that the signed metadata before it names.',
  },
  {
    what: 'an old root under the name of the next',
    code: 'update/rollback',
    served: merged(release3, new Map([['metadata/2.root.json', onlyBytes(root)]])),
    says: '2.root.json is older than what this device has verified before.',
  },
];

function edited(files: Files, name: string, from: string, to: string): Files {
  const text = Buffer.from(files.get(name) ?? []).toString();
  return merged(files, new Map([[name, Buffer.from(text.replace(from, to))]]));
}

function onlyBytes(files: Files): Uint8Array {
  return [...files.values()][0] ?? new Uint8Array();
}

describe('attacks that nothing verified comes with', () => {
  it.each(ATTACKS)('refuses $what as $code', async ({ code, served, says }) => {
    const device = await deviceWithRelease2();
    const before = await device.kept();
    device.served = merged(served);
    const result = await device.refresh();
    expect(result).toMatchObject({ ok: false, failure: { code } });
    expect(result.ok ? '' : result.failure.message).toBe(
      `https://plans.example/acme/1.0/metadata/${says}`,
    );
    expect(await device.kept()).toBe(before);
    device.served = merged(release3);
    await refreshed(device);
  });

  it.each(['2.root.json', 'timestamp.json'])('refuses endless data as %s', async (name) => {
    const device = await deviceWithRelease2();
    const before = await device.kept();
    device.served.set(`metadata/${name}`, 'endless');
    expect(await refusedWith(device)).toBe('update/too-large');
    expect(await device.kept()).toBe(before);
    device.served = merged(release3);
    await refreshed(device);
  });

  it('refuses a frozen repository from the day on which its timestamp expires', async () => {
    const device = await deviceWithRelease2();
    await refreshed(device);
    device.clock.time = Date.parse('2032-01-01T00:00:00Z');
    expect(await refusedWith(device)).toBe('update/expired');
  });

  it('refuses everything once the root itself is past its date, unless a newer root comes', async () => {
    const device = testDevice({
      root: testRoot(keys, { expires: '2031-06-01T00:00:00Z' }),
      served: release2,
    });
    device.clock.time = Date.parse('2031-06-02T00:00:00Z');
    expect(await device.refresh()).toMatchObject({
      failure: {
        code: 'update/expired',
        message:
          'https://plans.example/acme/1.0/metadata/1.root.json was valid until 2031-06-01T00:00:00Z, and it is 2031-06-02T00:00:00.000Z.',
      },
    });
    device.served = merged(release2, testRoot(keys, { version: 2 }));
    await refreshed(device);
  });
});

/** The timestamp is honest and newer, so it is kept; what it names is not what comes. */
const BEHIND_A_TIMESTAMP: readonly Attack[] = [
  {
    what: 'the snapshot of another release',
    code: 'update/untrusted',
    served: swapped('metadata/3.snapshot.json', release2.get('metadata/2.snapshot.json')),
    says: '3.snapshot.json is not the version that the signed metadata before it names.',
  },
  {
    what: 'the targets of another release',
    code: 'update/untrusted',
    served: swapped('metadata/3.targets.json', release2.get('metadata/2.targets.json')),
    says: '3.targets.json is not the version that the signed metadata before it names.',
  },
  {
    what: 'other targets of the same version',
    code: 'update/untrusted',
    served: swapped(
      'metadata/3.targets.json',
      testRelease(keys, { version: 3, plan: 'evil' }).get('metadata/3.targets.json'),
    ),
    says: '3.targets.json is not the version that the signed metadata before it names.',
  },
  {
    what: 'an old snapshot where the timestamp names only its version',
    code: 'update/untrusted',
    served: mixed('snapshot'),
    says: '3.snapshot.json is not the version that the signed metadata before it names.',
  },
  {
    what: 'old targets where the snapshot names only their version',
    code: 'update/untrusted',
    served: mixed('targets'),
    says: '3.targets.json is not the version that the signed metadata before it names.',
  },
  {
    what: 'older targets under a newer snapshot',
    code: 'update/rollback',
    served: testRelease(keys, { version: { targets: 1, snapshot: 3, timestamp: 3 } }),
    says: '3.snapshot.json is older than what this device has verified before.',
  },
  {
    what: 'a snapshot of other keys',
    code: 'update/untrusted',
    served: signedByThief('snapshot'),
    says: '3.snapshot.json is not signed by enough of the keys that this device trusts.',
  },
  {
    what: 'targets of other keys',
    code: 'update/untrusted',
    served: signedByThief('targets'),
    says: '3.targets.json is not signed by enough of the keys that this device trusts.',
  },
  {
    what: 'a snapshot that is past its date',
    code: 'update/expired',
    served: testRelease(keys, { version: 3, expires: { snapshot: '2031-01-01T12:00:00Z' } }),
    says: '3.snapshot.json was valid until 2031-01-01T12:00:00Z, and it is 2031-01-02T00:00:00.000Z.',
  },
  {
    what: 'targets that are past their date',
    code: 'update/expired',
    served: testRelease(keys, { version: 3, expires: { targets: '2031-01-01T12:00:00Z' } }),
    says: '3.targets.json was valid until 2031-01-01T12:00:00Z, and it is 2031-01-02T00:00:00.000Z.',
  },
];

function swapped(name: string, bytes: Uint8Array = new Uint8Array()): Files {
  return merged(release3, new Map([[name, bytes]]));
}

/** Release 3 with a file of release 2 in it, and no digests that would give it away. */
function mixed(role: 'snapshot' | 'targets'): Files {
  const honest = testRelease(keys, { version: 3, onlyVersions: true });
  const file = release2.get(`metadata/2.${role}.json`) ?? new Uint8Array();
  return merged(honest, new Map([[`metadata/3.${role}.json`, file]]));
}

describe('attacks behind an honest timestamp', () => {
  it.each(BEHIND_A_TIMESTAMP)('refuses $what as $code', async ({ code, served, says }) => {
    const device = await deviceWithRelease2();
    device.served = merged(served);
    const result = await device.refresh();
    expect(result).toMatchObject({ ok: false, failure: { code } });
    expect(result.ok ? '' : result.failure.message).toBe(
      `https://plans.example/acme/1.0/metadata/${says}`,
    );
    device.served = merged(testRelease(keys, { version: 4, plan: 'honest' }));
    expect((await refreshed(device)).target('execution_plan.toml')?.length).toBe(6);
  });

  it.each(['3.snapshot.json', '3.targets.json'])('refuses endless data as %s', async (name) => {
    const device = await deviceWithRelease2();
    device.served = merged(release3);
    device.served.set(`metadata/${name}`, 'endless');
    expect(await refusedWith(device)).toBe('update/too-large');
    device.served = merged(release3);
    await refreshed(device);
  });

  it('remembers the timestamp, so that the release before it cannot come back', async () => {
    const device = await deviceWithRelease2();
    device.served = without(release3, 'metadata/3.snapshot.json');
    expect(await refusedWith(device)).toBe('update/not-found');
    device.served = merged(release2);
    expect(await refusedWith(device)).toBe('update/rollback');
  });
});

describe('thresholds', () => {
  const [first, second] = [testKey(), testKey()];
  const two = testKeys({ timestamp: [first, second] });
  const strict = testRoot(two, { thresholds: { timestamp: 2 } });

  it('takes what as many keys as asked for have signed', async () => {
    await refreshed(testDevice({ root: strict, served: testRelease(two) }));
  });

  it('refuses one signature where two are asked for', async () => {
    const served = testRelease(two, { signers: { timestamp: [first] } });
    expect(await refusedWith(testDevice({ root: strict, served }))).toBe('update/untrusted');
  });

  it('refuses one signature that stands there twice', async () => {
    const served = testRelease(two, { signers: { timestamp: [first] } });
    const text = Buffer.from(served.get(names.timestamp) ?? []).toString();
    const doubled = text.replace(/"signatures":\[(.*?)\]/, '"signatures":[$1,$1]');
    expect(doubled.length).toBeGreaterThan(text.length);
    const device = testDevice({ root: strict, served });
    device.served.set(names.timestamp, Buffer.from(doubled));
    expect(await refusedWith(device)).toBe('update/untrusted');
  });

  it("refuses one key's signature under the id of the other", async () => {
    const { keyID } = second.key;
    const impostor = {
      key: second.key,
      sign: (bytes: Uint8Array) => new Signature({ keyID, sig: first.sign(bytes).sig }),
    };
    const served = testRelease(two, { signers: { timestamp: [first, impostor] } });
    expect(await refusedWith(testDevice({ root: strict, served }))).toBe('update/untrusted');
  });

  it('refuses a root that counts one key twice, under two ids', async () => {
    const alias = sameKeyAs(first, 'another-id');
    const doubled = testKeys({ timestamp: [first, alias] });
    const device = testDevice({
      root: testRoot(doubled, { thresholds: { timestamp: 2 } }),
      served: testRelease(doubled),
    });
    expect(await device.refresh()).toMatchObject({
      failure: {
        code: 'update/untrusted',
        message:
          'https://plans.example/acme/1.0/metadata/1.root.json counts one key twice for timestamp.',
      },
    });
  });
});
