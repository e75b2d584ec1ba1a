import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../state/atomic-file.ts';
import { cutAt, hookedFiles, PowerCut } from '../../state/testing/hooked-files.test-support.ts';
import { unsyncedFiles } from '../../state/testing/unsynced-files.test-support.ts';
import { BUNDLE, refreshed, refusedWith, testDevice } from './testing/device.test-support.ts';
import { merged, testKeys, testRelease, testRoot } from './testing/repository.test-support.ts';

const old = testKeys();
const root = testRoot(old);
const newer = testKeys();
const root2 = testRoot(newer, { version: 2, alsoBy: old.root });
const before = testRelease(old, { version: 5 });
const after = merged(root2, testRelease(newer, { version: 6 }));

/** A disk on which release 5 was taken, under the first root. */
async function diskWithRelease5() {
  const files = unsyncedFiles();
  await refreshed(testDevice({ root, served: before, files }));
  return files.powerCut(() => 0);
}

describe('kept metadata', () => {
  it('is the old or the new, whole, wherever the power is cut', async () => {
    const places = cutAt(Infinity);
    const whole = hookedFiles(await diskWithRelease5(), places.hook);
    await refreshed(testDevice({ root, served: after, files: whole }));
    expect(places.count()).toBeGreaterThan(4);

    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: places.count() }),
        fc.infiniteStream(fc.nat({ max: 3 })),
        async (place, choices) => {
          const disk = await diskWithRelease5();
          const oldText = Buffer.from(await disk.read(BUNDLE)).toString();
          const device = testDevice({
            root,
            served: after,
            files: hookedFiles(disk, cutAt(place).hook),
          });
          await expect(device.refresh()).rejects.toThrow(PowerCut);
          const left = disk.powerCut((options) => choices.next().value % options);
          const again = testDevice({ root, served: after, files: left });
          const status = await again.trust.status();
          expect(status.setAside).toBeUndefined();
          seen.add((await again.kept()) === oldText ? 'old' : `root ${status.rootVersion}`);
          // Either way, what came before stays refused, and what is newest is taken.
          again.served = merged(testRelease(old, { version: 4 }));
          expect(await refusedWith(again)).toBe(
            status.rootVersion === 1 ? 'update/rollback' : 'update/untrusted',
          );
          again.served = merged(after);
          await refreshed(again);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
    expect([...seen].sort()).toEqual(['old', 'root 2']);
  });

  it.each(['', '{"roots":', '{"roots":[]}', '[]'])(
    'that is damaged is set aside, and the shipped root takes over: %j',
    async (content) => {
      const files = unsyncedFiles();
      await writeFileAtomic({ files, path: BUNDLE, content });
      const device = testDevice({ root, served: before, files });
      await refreshed(device);
      expect(await device.trust.status()).toMatchObject({
        rootVersion: 1,
        setAside: `${BUNDLE}.damaged-1`,
      });
      expect((await device.restarted().trust.status()).setAside).toBeUndefined();
    },
  );

  it('of which one file is damaged still holds the floors of the others', async () => {
    const device = testDevice({ root, served: before });
    await refreshed(device);
    const text = (await device.kept()) ?? '';
    const damaged = text.replace(/"targets": ".*"/, '"targets": "no metadata"');
    expect(damaged).not.toBe(text);
    await writeFileAtomic({ files: device.files, path: BUNDLE, content: damaged });
    device.served = merged(testRelease(old, { version: 4 }));
    expect(await refusedWith(device)).toBe('update/rollback');
    device.served = merged(before);
    await refreshed(device);
  });

  it('that cannot be written is a failure, since the floor would be lost', async () => {
    const device = testDevice({ root, served: before });
    device.files.open = () =>
      Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'open' }));
    const result = await device.refresh();
    expect(result).toMatchObject({ failure: { code: 'update/not-stored' } });
  });

  it('that cannot be written does not hide why a refresh failed', async () => {
    const device = testDevice({ root, served: merged(root2, before) });
    device.files.open = () =>
      Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'open' }));
    expect(await refusedWith(device)).toBe('update/untrusted');
  });

  it('is of the eight plan folders that were refreshed last', async () => {
    const device = testDevice({ root, served: before });
    for (let n = 1; n <= 9; n += 1)
      await refreshed(device, { kind: 'https', url: `https://plans.example/acme/${n}` });
    const names = (await device.kept())?.match(/"name": "(.*)"/g);
    expect(names).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((n) => `"name": "acme/${n}"`));
  });
});
