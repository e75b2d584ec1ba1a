import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ok, type Result } from '#shared';
import { systemClock } from '../clock.ts';
import { nodeFiles } from '../state/node-files.ts';
import { createPlanSource } from './plan-source.ts';
import { createPlanStore } from './plan-store.ts';
import { createFetcher, type TransferLimits } from './sources/fetcher.ts';
import { createNodeReaderLauncher } from './sources/file-reader-launcher.ts';
import type { ReaderLauncher } from './sources/file-reader.ts';
import { createFileSource } from './sources/file-source.ts';
import { createHttpsSource } from './sources/https-source.ts';
import type { Place } from './sources/place.ts';
import { below } from './sources/resolve-place.ts';
import { createS3Source } from './sources/s3-source.ts';
import {
  testCertificates,
  type TestCertificates,
} from './sources/testing/certificates.test-support.ts';
import { startFaultProxy, type FaultProxy } from './sources/testing/fault-proxy.test-support.ts';
import { faultNames, type Fault } from './sources/testing/faults.test-support.ts';
import {
  startHttpsServer,
  type TestHttpsServer,
} from './sources/testing/https-server.test-support.ts';
import { resolveUnc } from './sources/unc.ts';
import {
  endOfWireFault,
  FILE_FAULT_ENDS,
  UNMOUNTED_END,
  type FileFault,
} from './testing/fault-table.test-support.ts';
import { check, loadedPlan, planText } from './testing/plans.test-support.ts';
import { startS3Server, type S3Server } from './testing/s3-server.test-support.ts';
import { createUpdater } from './updater.ts';

// Fault x source -> reason code -> plan in force: the table of docs/updates.md, cell by cell. What a
// device would take is there at every source; only what stands between goes wrong.

const PLAN = planText({ revision: 5, note: 'newer' });
const PLAN_PATH = 'kiosk/1.0/execution_plan.toml';
const LIMITS: TransferLimits = { connectMs: 1_000, stallMs: 300, totalMs: 2_000, retries: 1 };
const NO_MOUNTS = { mounts: {}, platform: 'linux' } as const;
const base = await loadedPlan({ revision: 1, note: 'base' });

let certificates: TestCertificates;
let folder: string;

beforeAll(async () => {
  certificates = await testCertificates();
  // Loaded before anybody waits for them, as by the app: it takes as long as an answer may.
  await Promise.all([import('@aws-sdk/client-s3'), import('undici')]);
});
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'firstlight-faults-'))));
afterEach(() => rm(folder, { recursive: true }));

/** Updates as a device does, from this place, and says what it came to and which plan is in force. */
async function updateFrom(root: Result<Place>, launcher?: ReaderLauncher) {
  const paths = { plans: path.join(folder, 'plans'), accepted: path.join(folder, 'accepted.json') };
  await nodeFiles.makeFolder(paths.plans);
  const fetcher = createFetcher({
    sources: {
      file: createFileSource({ launcher: launcher ?? createNodeReaderLauncher() }),
      s3: createS3Source({
        s3: { path_style: true, credentials: 'none' },
        ca: certificates.ca,
      }),
      https: createHttpsSource({ ca: certificates.ca }),
    },
    limits: LIMITS,
    clock: systemClock,
    random: () => 0,
  });
  const store = createPlanStore({ files: nodeFiles, paths, check });
  const source = createPlanSource({
    fetcher,
    folder: root.ok ? ok(below(root.value, 'kiosk', '1.0')) : root,
    trust: undefined,
  });
  const updater = createUpdater({ source, check, store, clock: systemClock });
  const result = await updater.update({
    base,
    activeDigest: base.digest,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  const active = await store.loadActive(base);
  return {
    came: result.ok ? result.value.kind : result.failure.code,
    inForce: active.ok ? active.value.loaded.plan.general.revision : undefined,
  };
}

function outcomeOf(fault: Fault) {
  const came = endOfWireFault(fault);
  return { came, inForce: came === 'updated' ? 5 : 1 };
}

describe('S3', () => {
  let s3: S3Server;
  let plain: FaultProxy;
  let secure: FaultProxy;
  beforeAll(async () => {
    s3 = await startS3Server();
    await s3.makeBucket('plans', { public: true });
    await s3.put('plans', PLAN_PATH, PLAN);
    plain = await startFaultProxy({ upstream: s3.endpoint });
    secure = await startFaultProxy({ upstream: s3.endpoint, certificates });
  });
  afterAll(async () => {
    await Promise.all([plain.close(), secure.close()]);
    await s3.stop();
  });
  const at = (endpoint: string): Result<Place> =>
    ok({ kind: 's3', bucket: 'plans', key: '', endpoint, pathStyle: true });

  it('gives the newer plan when nothing is wrong', async () => {
    await secure.setFault(undefined);
    expect(await updateFrom(at(secure.origin))).toEqual({ came: 'updated', inForce: 5 });
  });

  for (const over of ['http', 'https'] as const) {
    it.each(faultNames(over))(`over ${over} with the fault %s`, async (fault) => {
      const proxy = over === 'http' ? plain : secure;
      await proxy.setFault(fault);
      expect(await updateFrom(at(proxy.originFor(fault)))).toEqual(outcomeOf(fault));
    });
  }
});

describe('https', () => {
  let server: TestHttpsServer;
  let proxy: FaultProxy;
  beforeAll(async () => {
    const files = [[`/${PLAN_PATH}`, Buffer.from(PLAN)]] as const;
    server = await startHttpsServer({ tls: certificates.good, files });
    proxy = await startFaultProxy({ upstream: server.origin, certificates });
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });
  const at = (url: string): Result<Place> => ok({ kind: 'https', url });

  it('gives the newer plan when nothing is wrong', async () => {
    await proxy.setFault(undefined);
    expect(await updateFrom(at(proxy.origin))).toEqual({ came: 'updated', inForce: 5 });
  });

  it.each(faultNames('https'))('with the fault %s', async (fault) => {
    await proxy.setFault(fault);
    expect(await updateFrom(at(proxy.originFor(fault)))).toEqual(outcomeOf(fault));
  });
});

interface FolderFault {
  readonly what: FileFault;
  readonly spoil: (source: string) => Promise<unknown>;
  readonly launcher?: () => ReaderLauncher;
}

const HANGING = fileURLToPath(new URL('testing/hanging-reader.test-support.ts', import.meta.url));

const FOLDER_FAULTS: readonly FolderFault[] = [
  {
    what: 'gone',
    spoil: (source) => rm(source, { recursive: true }),
  },
  {
    what: 'without the plan',
    spoil: (source) => rm(path.join(source, PLAN_PATH)),
  },
  {
    what: 'with a folder in the place of the plan',
    spoil: async (source) => {
      await rm(path.join(source, PLAN_PATH));
      await mkdir(path.join(source, PLAN_PATH));
    },
  },
  {
    what: 'with half a plan',
    spoil: (source) => truncate(path.join(source, PLAN_PATH), PLAN.length / 2),
  },
  {
    what: 'with garbage',
    spoil: (source) => writeFile(path.join(source, PLAN_PATH), new Uint8Array([0, 159, 146, 150])),
  },
  {
    what: 'with a plan over the limit',
    spoil: (source) => truncate(path.join(source, PLAN_PATH), 1024 * 1024 + 1),
  },
  {
    what: 'with something that never ends',
    spoil: async (source) => {
      await rm(path.join(source, PLAN_PATH));
      await symlink('/dev/zero', path.join(source, PLAN_PATH));
    },
  },
  {
    what: 'that hangs',
    // The process that hangs wants to be seen doing so.
    spoil: async (source) => {
      const socket = path.join(source, PLAN_PATH);
      await rm(socket);
      await new Promise<void>((resolve) => createServer().unref().listen(socket, resolve));
    },
    launcher: () => createNodeReaderLauncher({ entry: HANGING }),
  },
];

for (const kind of ['folder', 'share'] as const) {
  describe(`a ${kind}`, () => {
    let source: string;
    beforeEach(async () => {
      source = path.join(folder, 'source');
      await mkdir(path.join(source, path.dirname(PLAN_PATH)), { recursive: true });
      await writeFile(path.join(source, PLAN_PATH), PLAN);
    });
    /** A share is a folder under another name, once it is mounted. */
    const at = (): Result<Place> =>
      kind === 'folder'
        ? ok({ kind: 'file', path: source, root: source })
        : resolveUnc('\\\\server\\plans', {
            mounts: { '\\\\server\\plans': source },
            platform: 'linux',
          });

    it('gives the newer plan when nothing is wrong', async () => {
      expect(await updateFrom(at())).toEqual({ came: 'updated', inForce: 5 });
    });

    it.each(FOLDER_FAULTS)('$what', async ({ what, spoil, launcher }) => {
      await spoil(source);
      const came = FILE_FAULT_ENDS[what];
      expect(await updateFrom(at(), launcher?.())).toEqual({ came, inForce: 1 });
    });
  });
}

describe('a share that nothing is mounted for', () => {
  it('is unreachable', async () => {
    const share = resolveUnc('\\\\server\\plans', NO_MOUNTS);
    expect(await updateFrom(share)).toEqual({ came: UNMOUNTED_END, inForce: 1 });
  });
});
