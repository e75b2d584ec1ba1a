import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptedFetcher, type ScriptedFetcher } from './testing/scripted-fetcher.test-support.ts';
import {
  getOf,
  packed,
  remoteEntry,
  supplyRig,
  type SupplyRig,
} from './testing/supply-rig.test-support.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const PACKED = new Map(NAMES.map((name) => [name, packed(name)]));
const [A, B, C, D, E, F] = [entry('a'), entry('b'), entry('c'), entry('d'), entry('e'), entry('f')];
const ENTRIES = [A, B, C, D, E, F];
function entry(name: (typeof NAMES)[number]) {
  return remoteEntry(name, PACKED.get(name)!.sha256);
}
const OUTAGE = { code: 'update/unreachable', message: 'nothing answers' } as const;

let rig: SupplyRig;
let fetcher: ScriptedFetcher;
beforeEach(async () => {
  rig = await supplyRig();
  fetcher = scriptedFetcher();
});
afterEach(() => rig[Symbol.asyncDispose]());

/** Lets the n-th fetch come to its good end. */
async function complete(n: number): Promise<void> {
  const fetch = await fetcher.started(n);
  await fetch.complete(PACKED.get(nameOf(fetch.url))!.bytes);
}
const nameOf = (url: string) => path.basename(url) as (typeof NAMES)[number];
const folderOf = (name: (typeof NAMES)[number]) =>
  path.join(rig.cacheFolder, PACKED.get(name)!.sha256);

describe('prefetch', () => {
  it('fetches in the given order', async () => {
    const supply = rig.supply(fetcher, { parallel: 1 });
    supply.prefetch(ENTRIES);
    for (const n of NAMES.keys()) await complete(n);
    await supply.whenIdle();
    expect(fetcher.urls.map(nameOf)).toEqual(NAMES);
    expect(await rig.cached()).toEqual([...PACKED.values()].map(({ sha256 }) => sha256).sort());
    expect(await rig.downloads()).toEqual([]);
  });

  it('fetches as many at a time as it is told to', async () => {
    const supply = rig.supply(fetcher, { parallel: 4 });
    supply.prefetch(ENTRIES);
    await fetcher.started(3);
    for (const n of NAMES.keys()) await complete(n);
    await supply.whenIdle();
    expect(fetcher.most).toBe(4);
  });

  it('asks nobody for what is there', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([A]);
    await complete(0);
    await supply.whenIdle();
    supply.prefetch([A]);
    await supply.whenIdle();
    expect(fetcher.urls).toHaveLength(1);
  });

  it('fetches an archive once that two plugins share', async () => {
    const supply = rig.supply(fetcher);
    const other = remoteEntry('other', A.sha256, A.plugin_base_path);
    supply.prefetch([A, other]);
    await complete(0);
    await supply.whenIdle();
    expect(fetcher.urls).toHaveLength(1);
  });

  it('tries the second address of an archive when the first one fails', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([remoteEntry('gone', A.sha256), A]);
    (await fetcher.started(0)).fail(OUTAGE);
    await complete(1);
    await supply.whenIdle();
    expect(await rig.cached()).toEqual([A.sha256]);
  });

  it('goes on past what fails', async () => {
    const supply = rig.supply(fetcher, { parallel: 1 });
    supply.prefetch([A, B]);
    (await fetcher.started(0)).fail(OUTAGE);
    await complete(1);
    await supply.whenIdle();
    expect(await rig.cached()).toEqual([B.sha256]);
  });

  it('calls off what an earlier one wanted, and goes on with what both want', async () => {
    const supply = rig.supply(fetcher, { parallel: 2 });
    supply.prefetch([A, B, C]);
    const first = await Promise.all([fetcher.started(0), fetcher.started(1)]);
    const [ofA, ofB] = [first.find(isOf('a'))!, first.find(isOf('b'))!];
    supply.prefetch([D, B]);
    expect([ofA, ofB].map(({ request }) => request.signal.aborted)).toEqual([true, false]);
    await complete(2);
    await ofB.complete(PACKED.get('b')!.bytes);
    await supply.whenIdle();
    expect(fetcher.urls.map(nameOf).sort()).toEqual(['a', 'b', 'd']);
  });

  it('leaves to others what nothing remote is known of', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([{ ...remoteEntry('local'), plugin_location_type: 'local' }]);
    await supply.whenIdle();
    expect(fetcher.urls).toEqual([]);
  });
});

const isOf =
  (name: string) =>
  ({ url }: { readonly url: string }) =>
    nameOf(url) === name;

describe('get', () => {
  it('joins a transfer that is under way, and its progress', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([A]);
    const fetch = await fetcher.started(0);
    const { bytes } = PACKED.get('a')!;
    const half = bytes.length >> 1;
    await fetch.send(bytes.subarray(0, half), bytes.length);
    const got = getOf(supply, A);
    await fetch.complete(bytes.subarray(half));
    expect(await got.result).toEqual({ ok: true, value: folderOf('a') });
    expect(got.progress[0]).toEqual({ percent: Math.floor((100 * half) / bytes.length) });
    expect(fetcher.urls).toHaveLength(1);
  });

  it('goes ahead of what is only wanted, beyond the limit', async () => {
    const supply = rig.supply(fetcher, { parallel: 1 });
    supply.prefetch([A, B, C]);
    await fetcher.started(0);
    const got = getOf(supply, C);
    await complete(1);
    expect(await got.result).toEqual({ ok: true, value: folderOf('c') });
    expect(fetcher.urls.map(nameOf)).toEqual(['a', 'c']);
  });

  it('takes a slot that is free, so that nothing else starts beside it', async () => {
    const supply = rig.supply(fetcher, { parallel: 1 });
    const got = getOf(supply, C);
    supply.prefetch([A]);
    await complete(0);
    await got.result;
    await complete(1);
    await supply.whenIdle();
    expect(fetcher.urls.map(nameOf)).toEqual(['c', 'a']);
    expect(fetcher.most).toBe(1);
  });

  it('tries its own address when a transfer from another one fails', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([remoteEntry('gone', A.sha256)]);
    const other = await fetcher.started(0);
    const got = getOf(supply, A);
    other.fail(OUTAGE);
    await complete(1);
    expect(await got.result).toEqual({ ok: true, value: folderOf('a') });
  });

  it('tries again what failed before', async () => {
    const supply = rig.supply(fetcher);
    const first = getOf(supply, A);
    (await fetcher.started(0)).fail(OUTAGE);
    expect(await first.result).toEqual({
      ok: false,
      failure: { code: 'plugin/unreachable', message: 'Plugin "a": nothing answers' },
    });
    const second = getOf(supply, A);
    await complete(1);
    expect((await second.result).ok).toBe(true);
  });

  it('ends the transfer when it is called off, if nobody else wants it', async () => {
    const supply = rig.supply(fetcher);
    const got = getOf(supply, A);
    const fetch = await fetcher.started(0);
    got.abort();
    expect(await got.result).toMatchObject({ failure: { code: 'plugin/cancelled' } });
    expect(fetch.request.signal.aborted).toBe(true);
  });

  it('leaves the transfer to others when it is called off', async () => {
    const supply = rig.supply(fetcher);
    const [one, two] = [getOf(supply, A), getOf(supply, A)];
    const fetch = await fetcher.started(0);
    one.abort();
    await one.result;
    supply.prefetch([A]);
    two.abort();
    await two.result;
    expect(fetch.request.signal.aborted).toBe(false);
    await complete(0);
    await supply.whenIdle();
    expect(await rig.cached()).toEqual([A.sha256]);
  });

  it('goes on with the transfer that was called off just now', async () => {
    const supply = rig.supply(fetcher);
    const first = getOf(supply, A);
    await fetcher.started(0);
    first.abort();
    const second = getOf(supply, A);
    await complete(0);
    expect((await second.result).ok).toBe(true);
  });

  it('begins again after it was called off, once the first transfer has ended', async () => {
    fetcher = scriptedFetcher({ lingers: true });
    const supply = rig.supply(fetcher);
    const first = getOf(supply, A);
    const ofFirst = await fetcher.started(0);
    first.abort();
    await first.result;
    const second = getOf(supply, A);
    const other = getOf(supply, B);
    await complete(1);
    await other.result;
    expect(fetcher.urls.map(nameOf)).toEqual(['a', 'b']);
    ofFirst.fail(OUTAGE);
    await complete(2);
    expect((await second.result).ok).toBe(true);
  });

  it('tells of progress in whole percent that never falls', async () => {
    const supply = rig.supply(fetcher);
    const got = getOf(supply, A);
    const { request } = await fetcher.started(0);
    for (const done of [0, 333, 1, 500]) request.onProgress?.(done, 1_000);
    await complete(0);
    await got.result;
    const percents = got.progress.map(({ percent }) => percent);
    expect(percents).toEqual([0, 33, 50, 100]);
  });

  it('tells that it is fetching where the size is not known', async () => {
    const supply = rig.supply(fetcher);
    const got = getOf(supply, A);
    const fetch = await fetcher.started(0);
    for (const done of [0, 500]) fetch.request.onProgress?.(done);
    expect(got.progress).toEqual([{}]);
    got.abort();
    await got.result;
  });

  it('tells of no progress where nothing is fetched', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([A]);
    await complete(0);
    await supply.whenIdle();
    const got = getOf(supply, A);
    expect(await got.result).toEqual({ ok: true, value: folderOf('a') });
    expect(got.progress).toEqual([]);
  });
});

describe('dispose', () => {
  it('ends all transfers, keeps what came, and lets nothing begin any more', async () => {
    const supply = rig.supply(fetcher, { parallel: 2 });
    supply.prefetch([A, B, C]);
    const fetches = await Promise.all([fetcher.started(0), fetcher.started(1)]);
    for (const fetch of fetches) await fetch.send(Buffer.from('half'), 8);
    const waiting = getOf(supply, A);
    await supply.dispose();
    expect(await waiting.result).toMatchObject({ failure: { code: 'plugin/cancelled' } });
    expect(await getOf(supply, C).result).toMatchObject({ failure: { code: 'plugin/cancelled' } });
    supply.prefetch([C]);
    await supply.whenIdle();
    expect(fetcher.running).toBe(0);
    expect(fetcher.urls).toHaveLength(2);
    const keys = [A.sha256!, B.sha256!].sort();
    expect(await rig.downloads()).toEqual(keys.flatMap((key) => [`${key}.json`, `${key}.part`]));
  });

  it.runIf(process.platform === 'linux')('leaves no file open', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([A]);
    await (await fetcher.started(0)).send(Buffer.from('half'), 8);
    expect(await openFilesIn(rig.downloadsFolder)).toHaveLength(1);
    await supply.dispose();
    expect(await openFilesIn(rig.downloadsFolder)).toEqual([]);
  });

  it('wakes who waits until all is there', async () => {
    const supply = rig.supply(fetcher);
    supply.prefetch([A]);
    const idle = supply.whenIdle();
    await supply.dispose();
    await idle;
  });
});

/** What this process has open there, as Linux tells it. */
async function openFilesIn(folder: string): Promise<readonly string[]> {
  const open = await readdir('/proc/self/fd');
  const files = await Promise.all(
    open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return files.filter((file) => file.startsWith(folder));
}

describe('with a root of trust', () => {
  it('nothing is fetched that the plan does not pin', async () => {
    const supply = rig.supply(fetcher, { needsPin: true });
    const free = remoteEntry('free');
    supply.prefetch([free]);
    await supply.whenIdle();
    expect(await getOf(supply, free).result).toEqual({
      ok: false,
      failure: {
        code: 'plugin/untrusted',
        message:
          'Plugin "free": this device has a root of trust, and the plan pins no digest for its archive.',
        hint: 'Publish the plan with `firstlight publish`, which pins every archive by its sha256.',
      },
    });
    expect(fetcher.urls).toEqual([]);
  });
});
