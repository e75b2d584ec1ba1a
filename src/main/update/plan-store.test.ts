import { describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../state/atomic-file.ts';
import type { FilesPort } from '../state/files-port.ts';
import { digestOf } from '../state/plan-file.ts';
import { cutAt, hookedFiles, PowerCut } from '../state/testing/hooked-files.test-support.ts';
import { unsyncedFiles } from '../state/testing/unsynced-files.test-support.ts';
import { highestRevision, type Acceptance } from './accepted-record.ts';
import { createPlanStore, type ActiveChoice, type PlanStore } from './plan-store.ts';
import { check, loadedPlan } from './testing/plans.test-support.ts';
import type { LoadedPlan } from './update-port.ts';

const paths = { plans: '/home/plans', accepted: '/home/accepted.json' };

function storeOn(files: FilesPort): PlanStore {
  return createPlanStore({ files, paths, check });
}

async function activeOn(files: FilesPort, base: LoadedPlan): Promise<ActiveChoice> {
  const choice = await storeOn(files).loadActive(base);
  if (!choice.ok) throw new Error(choice.failure.message);
  return choice.value;
}

async function diskWith(accepted: LoadedPlan, base: LoadedPlan) {
  const files = unsyncedFiles();
  await storeOn(files).accept(unsigned(accepted, base));
  return files;
}

/** Accepting a plan that nobody signed. */
function unsigned(loaded: LoadedPlan, base_: LoadedPlan = base): Acceptance {
  return { loaded, base: base_, isSigned: false };
}

async function floorOf(store: PlanStore, family: string): Promise<number | undefined> {
  const record = await store.record();
  return highestRevision(record.ok ? record.value : undefined, family);
}

const base = await loadedPlan({ revision: 3, note: 'base' });
const newer = await loadedPlan({ revision: 5, note: 'newer' }, 'local');

describe('plan store: which plan to start with', () => {
  it('is the base plan as long as nothing was accepted', async () => {
    expect(await activeOn(unsyncedFiles(), base)).toEqual({ loaded: base, isOnTrial: false });
  });

  it('is the accepted plan, whole, at every later start', async () => {
    const files = await diskWith(newer, base);
    const cached = { loaded: { ...newer, source: 'cached' }, isOnTrial: true };
    expect(await activeOn(files, base)).toEqual(cached);
    expect(await activeOn(files, base)).toEqual(cached);
  });

  it('is a base plan that changed and is as new as the accepted one, from then on', async () => {
    const files = await diskWith(newer, base);
    const firmware = await loadedPlan({ revision: 5, note: 'new firmware' });
    expect(await activeOn(files, firmware)).toEqual({ loaded: firmware, isOnTrial: false });
    // At the second start its digest is known: the accepted plan must not come back.
    expect(await activeOn(files, firmware)).toEqual({ loaded: firmware, isOnTrial: false });
  });

  it('is the accepted plan when the base plan changed but has a lower revision', async () => {
    const files = await diskWith(newer, base);
    const edited = await loadedPlan({ revision: 4, note: 'edited' });
    expect((await activeOn(files, edited)).loaded.digest).toBe(newer.digest);
    expect((await activeOn(files, edited)).loaded.digest).toBe(newer.digest);
  });

  it('is an earlier base plan that comes back, since it is not the one last seen', async () => {
    const equal = await loadedPlan({ revision: 3, note: 'accepted' }, 'local');
    const files = await diskWith(equal, base);
    expect((await activeOn(files, base)).loaded.digest).toBe(equal.digest);
    await activeOn(files, await loadedPlan({ revision: 2, note: 'downgraded firmware' }));
    expect(await activeOn(files, base)).toEqual({ loaded: base, isOnTrial: false });
  });

  it('is the base plan when the accepted one is for another product family', async () => {
    const files = await diskWith(newer, base);
    const other = await loadedPlan({ revision: 0, family: 'totem' });
    expect(await activeOn(files, other)).toEqual({ loaded: other, isOnTrial: false });
  });

  it('is the base plan, with a notice, when a bit of the accepted one flipped', async () => {
    const files = await diskWith(newer, base);
    const path = `${paths.plans}/${newer.digest}.toml`;
    const flipped = newer.text.replace('revision = 5', 'revision = 7');
    await writeFileAtomic({ files, path, content: flipped });
    expect(await activeOn(files, base)).toEqual({
      loaded: base,
      isOnTrial: false,
      notice: {
        code: 'update/damaged',
        message:
          'The plan accepted earlier cannot be used any more; setup goes on with the base plan.',
      },
    });
    expect(await files.list(paths.plans)).toEqual([`${newer.digest}.toml.damaged-1`]);
    expect(await activeOn(files, base)).toEqual({ loaded: base, isOnTrial: false });
  });

  it('is the base plan, with a notice, when the checker allows the accepted one no more', async () => {
    const files = await diskWith(newer, base);
    const strict = createPlanStore({
      files,
      paths,
      check: () => Promise.resolve({ diagnostics: [] }),
    });
    expect(await strict.loadActive(base)).toMatchObject({
      value: { loaded: base, notice: { code: 'update/damaged' } },
    });
  });

  it.each(['', '{"baseDigest":"', '{"baseDigest":"ab","highestRevisions":[]}'])(
    'is the base plan, with a notice, when the record is damaged: %j',
    async (content) => {
      const files = await diskWith(newer, base);
      await writeFileAtomic({ files, path: paths.accepted, content });
      expect(await activeOn(files, base)).toEqual({
        loaded: base,
        isOnTrial: false,
        notice: {
          code: 'update/damaged',
          message: 'The record of accepted plans was damaged; setup goes on with the base plan.',
        },
      });
      expect(await files.list('/home')).toContain('accepted.json.damaged-1');
    },
  );

  it('knows a plan again that begins with a byte order mark', async () => {
    const text = `\uFEFF${newer.text}`;
    const marked = { ...newer, text, digest: digestOf(Buffer.from(text)) };
    const { loaded } = await activeOn(await diskWith(marked, base), base);
    expect(loaded).toEqual({ ...marked, source: 'cached' });
  });
});

describe('plan store: the floor against rollback', () => {
  it('is the highest revision ever accepted, by product family', async () => {
    const files = await diskWith(newer, base);
    const store = storeOn(files);
    await store.accept(unsigned(await loadedPlan({ revision: 4 }, 'local')));
    expect(await floorOf(store, 'kiosk')).toBe(5);
    expect(await floorOf(store, 'totem')).toBe(undefined);
  });

  it('outlives a base plan that goes ahead', async () => {
    const files = await diskWith(newer, base);
    await activeOn(files, await loadedPlan({ revision: 9, note: 'new firmware' }));
    expect(await floorOf(storeOn(files), 'kiosk')).toBe(5);
  });

  it('knows a product family of any name', async () => {
    const odd = await loadedPlan({ family: '__proto__', revision: 2 });
    const files = await diskWith(odd, odd);
    expect(await floorOf(storeOn(files), '__proto__')).toBe(2);
  });
});

describe('plan store: putting a plan in place', () => {
  it('removes plans that nothing points to any more', async () => {
    const files = await diskWith(newer, base);
    const newest = await loadedPlan({ revision: 6 }, 'local');
    // The one before never passed its trial: nobody goes back to it.
    await storeOn(files).accept(unsigned(newest));
    expect(await files.list(paths.plans)).toEqual([`${newest.digest}.toml`]);
  });

  it('leaves the old plan or the new one, whole, after a power cut at any place', async () => {
    const newest = await loadedPlan({ revision: 6 }, 'local');
    const counter = cutAt(Infinity);
    await storeOn(hookedFiles(await diskWith(newer, base), counter.hook)).accept(unsigned(newest));
    const seen = new Set<number>();
    for (let place = 1; place <= counter.count(); place += 1) {
      for (let worst = 0; worst < 16; worst += 1) {
        const disk = await diskWith(newer, base);
        const store = storeOn(hookedFiles(disk, cutAt(place).hook));
        await expect(store.accept(unsigned(newest))).rejects.toThrow(PowerCut);
        const { loaded, notice } = await activeOn(
          disk.powerCut((options) => worst % options),
          base,
        );
        expect(notice).toBeUndefined();
        expect([newer.text, newest.text]).toContain(loaded.text);
        seen.add(loaded.plan.general.revision);
      }
    }
    // Both happen, so the cuts fell on both sides of the one step that counts.
    expect([...seen].sort()).toEqual([5, 6]);
  });

  it('is on the disk when it returns', async () => {
    const disk = await diskWith(newer, base);
    expect(
      (
        await activeOn(
          disk.powerCut(() => 0),
          base,
        )
      ).loaded.text,
    ).toBe(newer.text);
  });

  it('keeps the old plan when the disk is full, and names the folder', async () => {
    const disk = await diskWith(newer, base);
    const full = hookedFiles(disk, ({ call }) => {
      if (call === 'write') throw Object.assign(new Error(), { code: 'ENOSPC', syscall: 'write' });
    });
    const newest = await loadedPlan({ revision: 6 }, 'local');
    expect(await storeOn(full).accept(unsigned(newest))).toMatchObject({
      ok: false,
      failure: { code: 'shell/read-only', hint: 'The disk is full: free some space on it.' },
    });
    expect((await activeOn(disk, base)).loaded.text).toBe(newer.text);
  });
});

describe('plan store: the trial of a plan', () => {
  const newest = loadedPlan({ revision: 6, note: 'on trial' }, 'local');

  /** The older plan passed its trial; the newest is on trial. */
  async function onTrial() {
    const files = await diskWith(newer, base);
    const store = storeOn(files);
    await store.passTrial(newer.digest);
    await store.accept(unsigned(await newest));
    return { files, store };
  }

  it('begins when it is accepted, and is over when it has passed', async () => {
    const { files, store } = await onTrial();
    expect((await activeOn(files, base)).isOnTrial).toBe(true);
    await store.passTrial((await newest).digest);
    expect((await activeOn(files, base)).isOnTrial).toBe(false);
    expect(await files.list(paths.plans)).toEqual([`${(await newest).digest}.toml`]);
  });

  it('keeps the last good plan, and goes back to it when the trial fails', async () => {
    const { files, store } = await onTrial();
    const back = await store.failTrial((await newest).digest, base);
    expect(back).toMatchObject({ value: { loaded: { digest: newer.digest }, isOnTrial: false } });
    expect((await activeOn(files, base)).loaded.digest).toBe(newer.digest);
  });

  it('goes back to the base plan where no plan has ever passed one', async () => {
    const files = await diskWith(newer, base);
    expect(await storeOn(files).failTrial(newer.digest, base)).toMatchObject({
      value: { loaded: base, isOnTrial: false },
    });
    expect((await activeOn(files, base)).loaded).toBe(base);
  });

  it('remembers what failed, and the floor against rollback stays', async () => {
    const { store } = await onTrial();
    const { digest } = await newest;
    await store.failTrial(digest, base);
    expect(await store.record()).toMatchObject({ value: { refused: [digest] } });
    expect(await floorOf(store, 'kiosk')).toBe(6);
  });

  it('goes back to the last good plan even if another was taken in the middle of a trial', async () => {
    const { store } = await onTrial();
    const third = await loadedPlan({ revision: 7 }, 'local');
    await store.accept(unsigned(third));
    expect(await store.failTrial(third.digest, base)).toMatchObject({
      value: { loaded: { digest: newer.digest } },
    });
  });

  it('is not needed again by the last good plan', async () => {
    const { files, store } = await onTrial();
    await store.accept(unsigned(newer));
    expect((await activeOn(files, base)).isOnTrial).toBe(false);
  });

  it('counts the crashes of the plan on trial only', async () => {
    const { store } = await onTrial();
    const { digest } = await newest;
    expect(await store.countCrash(digest)).toEqual({ ok: true, value: 1 });
    expect(await store.countCrash(digest)).toEqual({ ok: true, value: 2 });
    await store.passTrial(digest);
    expect(await store.countCrash(digest)).toEqual({ ok: true, value: 0 });
  });

  it('is not failed by news of a plan that is not on trial', async () => {
    const { files, store } = await onTrial();
    await store.failTrial(newer.digest, base);
    expect((await activeOn(files, base)).loaded.digest).toBe((await newest).digest);
  });

  it('leaves the failed plan or the last good one, whole, after a power cut at any place', async () => {
    const { digest } = await newest;
    const counter = cutAt(Infinity);
    await storeOn(hookedFiles((await onTrial()).files, counter.hook)).failTrial(digest, base);
    for (let place = 1; place <= counter.count(); place += 1) {
      for (let worst = 0; worst < 8; worst += 1) {
        const { files } = await onTrial();
        const store = storeOn(hookedFiles(files, cutAt(place).hook));
        await expect(store.failTrial(digest, base)).rejects.toThrow(PowerCut);
        const disk = files.powerCut((options) => worst % options);
        const { loaded, notice } = await activeOn(disk, base);
        expect(notice).toBeUndefined();
        expect([digest, newer.digest]).toContain(loaded.digest);
      }
    }
  });
});

describe('plan store: a device with a root of trust', () => {
  const trusting = (files: FilesPort) =>
    createPlanStore({ files, paths, check, needsSignature: true });

  it('starts with the base plan when the accepted one was never signed', async () => {
    const files = await diskWith(newer, base);
    expect(await trusting(files).loadActive(base)).toMatchObject({ value: { loaded: base } });
  });

  it('starts with an accepted plan that was signed', async () => {
    const files = unsyncedFiles();
    await trusting(files).accept({ loaded: newer, base, isSigned: true });
    expect(await trusting(files).loadActive(base)).toMatchObject({
      value: { loaded: { digest: newer.digest } },
    });
  });
});
