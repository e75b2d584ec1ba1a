import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FilesPort } from '../../state/files-port.ts';
import { nodeFiles } from '../../state/node-files.ts';
import {
  testCertificates,
  type TestCertificates,
} from '../../update/sources/testing/certificates.test-support.ts';
import {
  startHttpsServer,
  tagOf,
  type TestHttpsServer,
} from '../../update/sources/testing/https-server.test-support.ts';
import type { PluginSupply } from './plugin-supply.ts';
import type { KilledSupplyJob } from './testing/killed-supply.test-support.ts';
import { scriptedFetcher } from './testing/scripted-fetcher.test-support.ts';
import {
  getOf,
  httpsFetcher,
  packed,
  remoteEntry,
  supplyRig,
  type SupplyRig,
} from './testing/supply-rig.test-support.ts';

const KILLED = fileURLToPath(new URL('testing/killed-supply.test-support.ts', import.meta.url));
const TOUR = packed('tour', randomBytes(1_000_000));
const NEWER = packed('newer tour');

let certificates: TestCertificates;
let server: TestHttpsServer;
let rig: SupplyRig;
let url: string;
beforeAll(async () => (certificates = await testCertificates()));
beforeEach(async () => {
  rig = await supplyRig();
  server = await startHttpsServer({
    tls: certificates.good,
    files: [['/tour.tgz', TOUR.bytes]],
  });
  url = `${server.origin}/tour.tgz`;
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  await server.close();
});

const started = (files?: FilesPort): PluginSupply =>
  rig.supply(httpsFetcher(certificates.ca), files === undefined ? {} : { files });
const pinned = (sha256 = TOUR.sha256) => remoteEntry('tour', sha256, url);
const unpinned = () => remoteEntry('tour', undefined, url);
const folderOf = ({ sha256 }: { readonly sha256: string }) => path.join(rig.cacheFolder, sha256);

describe('a pinned plugin', () => {
  it('is fetched, unpacked under its digest, and nothing else is left', async () => {
    const got = getOf(started(), pinned());
    expect(await got.result).toEqual({ ok: true, value: folderOf(TOUR) });
    expect(await readFile(path.join(folderOf(TOUR), 'name'), 'utf8')).toBe('tour');
    expect(got.progress.at(-1)).toEqual({ percent: 100 });
    expect(await rig.downloads()).toEqual([]);
  });

  it('is there at once after a restart, without a network', async () => {
    await getOf(started(), pinned()).result;
    await server.close();
    expect(await getOf(started(), pinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
    expect(server.log).toHaveLength(1);
  });

  it('is fetched again when the disk has lost a part of it', async () => {
    const supply = started();
    await getOf(supply, pinned()).result;
    await rm(path.join(folderOf(TOUR), 'name'));
    expect(await getOf(supply, pinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
    expect(await readFile(path.join(folderOf(TOUR), 'name'), 'utf8')).toBe('tour');
  });

  it('whose digest is in capitals is the same', async () => {
    const got = await getOf(started(), pinned(TOUR.sha256.toUpperCase())).result;
    expect(got).toEqual({ ok: true, value: folderOf(TOUR) });
  });

  it('with another digest is refused, and the next attempt begins anew', async () => {
    const supply = started();
    server.files.set('/tour.tgz', NEWER.bytes);
    expect(await getOf(supply, pinned()).result).toEqual({
      ok: false,
      failure: {
        code: 'plugin/wrong-digest',
        message: `Plugin "tour": The archive ${url} has the digest ${NEWER.sha256}, but the plan pins ${TOUR.sha256}.`,
      },
    });
    expect(await rig.downloads()).toEqual([]);
    expect(await rig.cached()).toEqual([]);
    server.files.set('/tour.tgz', TOUR.bytes);
    expect((await getOf(supply, pinned()).result).ok).toBe(true);
    expect(server.log.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
  });
});

describe('what cannot be had', () => {
  it('fails by name and address', async () => {
    server.files.clear();
    const result = await getOf(started(), pinned()).result;
    expect(result).toMatchObject({ failure: { code: 'plugin/not-found' } });
    expect(result.ok ? '' : result.failure.message).toContain('Plugin "tour": ');
    expect(result.ok ? '' : result.failure.message).toContain(url);
  });

  it('is unreachable without a network', async () => {
    await server.close();
    const result = await getOf(started(), pinned()).result;
    expect(result).toMatchObject({ failure: { code: 'plugin/unreachable' } });
  });

  it('is no archive', async () => {
    server.files.set('/tour.tgz', Buffer.from('<html>'));
    expect(await getOf(started(), unpinned()).result).toMatchObject({
      failure: { code: 'plugin/bad-archive', message: expect.stringContaining(url) as string },
    });
    expect(await rig.downloads()).toEqual([]);
  });

  it('has no place in the plan that could be an address', async () => {
    const entry = remoteEntry('tour', TOUR.sha256, 'ftp://plugins.test/tour.tgz');
    expect(await getOf(started(), entry).result).toMatchObject({
      failure: { code: 'plugin/not-found' },
    });
  });
});

describe('a plugin without a digest', () => {
  it('is asked about once a session, and not sent again while it is the same', async () => {
    const first = started();
    await getOf(first, unpinned()).result;
    expect(await getOf(first, unpinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
    const second = started();
    await getOf(second, unpinned()).result;
    expect(await getOf(second, unpinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
    expect(server.log.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      tagOf(TOUR.bytes),
    ]);
  });

  it('is the newer one in the next session', async () => {
    await getOf(started(), unpinned()).result;
    server.files.set('/tour.tgz', NEWER.bytes);
    expect(await getOf(started(), unpinned()).result).toEqual({ ok: true, value: folderOf(NEWER) });
  });

  it('is the known one where nobody answers', async () => {
    await getOf(started(), unpinned()).result;
    await server.close();
    expect(await getOf(started(), unpinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
  });

  it('is not the known one once it was withdrawn', async () => {
    await getOf(started(), unpinned()).result;
    server.files.clear();
    expect(await getOf(started(), unpinned()).result).toMatchObject({
      failure: { code: 'plugin/not-found' },
    });
  });

  it('is sent again where it is known but not there any more', async () => {
    await getOf(started(), unpinned()).result;
    await rm(rig.cacheFolder, { recursive: true });
    expect(await getOf(started(), unpinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
  });

  it('is fetched in spite of an index that is damaged', async () => {
    await getOf(started(), unpinned()).result;
    await writeFile(path.join(rig.downloadsFolder, 'index.json'), '[{');
    expect(await getOf(started(), unpinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
  });
});

/** Fetches the tour in another process, which kills itself in mid-download. */
async function killed(killAt: number): Promise<void> {
  const { cacheFolder, downloadsFolder } = rig;
  const { ca } = certificates;
  const { sha256 } = TOUR;
  const job: KilledSupplyJob = { cacheFolder, downloadsFolder, url, ca, sha256, killAt };
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, [KILLED, JSON.stringify(job)], (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve();
      else reject(new Error(`it was not killed: ${stdout}${stderr}`));
    });
  });
}
const partFile = () => path.join(rig.downloadsFolder, `${TOUR.sha256}.part`);

describe('a download in whose middle the app was killed', () => {
  it('is gone on with by the next app', async () => {
    await killed(3);
    const { size } = await stat(partFile());
    expect(size).toBeGreaterThan(0);
    expect(await getOf(started(), pinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
    expect(server.log.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      [undefined, undefined],
      [`bytes=${size}-`, tagOf(TOUR.bytes)],
    ]);
    expect(await rig.downloads()).toEqual([]);
  });

  it('begins anew where the archive is another one now', async () => {
    await killed(3);
    server.files.set('/tour.tgz', NEWER.bytes);
    expect(await getOf(started(), pinned()).result).toMatchObject({
      failure: {
        code: 'plugin/wrong-digest',
        message: expect.stringContaining(NEWER.sha256) as string,
      },
    });
    expect(server.log).toHaveLength(2);
  });

  it('begins anew by itself where a power cut has spoiled what was there', async () => {
    await killed(3);
    const { size } = await stat(partFile());
    await writeFile(partFile(), Buffer.alloc(size));
    expect(await getOf(started(), pinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
    expect(server.log.map(({ headers }) => headers.range)).toEqual([
      undefined,
      `bytes=${size}-`,
      undefined,
    ]);
  });

  it('begins anew at another address', async () => {
    await killed(3);
    server.files.set('/other.tgz', TOUR.bytes);
    const entry = remoteEntry('tour', TOUR.sha256, `${server.origin}/other.tgz`);
    expect(await getOf(started(), entry).result).toEqual({ ok: true, value: folderOf(TOUR) });
    expect(server.log.at(-1)?.headers.range).toBeUndefined();
  });

  it('needs nobody for the rest where all had come', async () => {
    await killed(3);
    await writeFile(partFile(), TOUR.bytes);
    await server.close();
    expect(await getOf(started(), pinned()).result).toEqual({ ok: true, value: folderOf(TOUR) });
  });
});

/** Files of a disk that is full after so many bytes of archives. */
function smallDisk(bytes: number): FilesPort {
  let left = bytes;
  return {
    ...nodeFiles,
    open: async (file, options) => {
      const open = await nodeFiles.open(file, options);
      if (!file.endsWith('.part')) return open;
      return {
        ...open,
        write: async (chunk) => {
          await open.write(chunk.subarray(0, left));
          left -= chunk.length;
          if (left < 0)
            throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
        },
      };
    },
  };
}

describe('a disk that is full', () => {
  it('is said to be, and is left as it was', async () => {
    const supply = started(smallDisk(300_000));
    expect(await getOf(supply, pinned()).result).toEqual({
      ok: false,
      failure: {
        code: 'plugin/not-stored',
        message: `Plugin "tour": the disk is full: its archive does not fit into ${rig.downloadsFolder}.`,
        hint: 'Make room on the disk, and make sure that the folder can be written to.',
      },
    });
    expect(await rig.downloads()).toEqual([]);
    expect(await rig.cached()).toEqual([]);
  });

  it('is said to be where the archive came, but cannot be unpacked', async () => {
    await writeFile(rig.cacheFolder, 'no folder');
    expect(await getOf(started(), pinned()).result).toMatchObject({
      failure: { code: 'plugin/not-stored', message: expect.stringContaining(url) as string },
    });
    expect(await rig.downloads()).toEqual([]);
  });
});

describe('without a network', () => {
  it('nobody is asked, and what is kept can be had', async () => {
    await using rig = await supplyRig();
    const fetcher = scriptedFetcher();
    const supply = rig.supply(fetcher);
    const tour = packed('tour');
    const entry = remoteEntry('tour', tour.sha256);
    const offline = { signal: new AbortController().signal, isOffline: true } as const;
    const get = () => supply.get(entry, { ...offline, onProgress: () => undefined });
    expect(await get()).toMatchObject({ failure: { code: 'plugin/unreachable' } });
    expect(fetcher.urls).toEqual([]);
    const online = getOf(supply, entry);
    await (await fetcher.started(0)).complete(tour.bytes);
    await online.result;
    expect(await get()).toMatchObject({ ok: true });
  });
});
