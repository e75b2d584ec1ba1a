import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../clock.ts';
import { startS3Server, type S3Server } from '../testing/s3-server.test-support.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { createFetcher } from './fetcher.ts';
import { createS3Source } from './s3-source.ts';
import { testCertificates, type TestCertificates } from './testing/certificates.test-support.ts';
import { startFaultProxy, type FaultProxy } from './testing/fault-proxy.test-support.ts';
import { FAULT_CODES, faultNames, type Fault } from './testing/faults.test-support.ts';

// A device that fetches from a real S3 server over TLS, under the fetcher's policy, with something on
// the way that spoils the answers.

const OBJECT = randomBytes(200_000);
/** For a busy machine, and for what lasts longer than anybody waits. */
const PATIENT = { connectMs: 20_000, stallMs: 20_000, totalMs: 40_000 };
const IMPATIENT = { connectMs: 300, stallMs: 300, totalMs: 1_000 };
const ENDLESS: readonly Fault[] = ['stalled-head', 'stalled-body', 'slow-drip'];

let certificates: TestCertificates;
let server: S3Server;
let proxy: FaultProxy;
beforeAll(async () => {
  certificates = await testCertificates();
  server = await startS3Server();
  await server.makeBucket('plans', { public: true });
  await server.put('plans', 'a.tgz', OBJECT);
  proxy = await startFaultProxy({ upstream: server.endpoint, certificates });
});
afterAll(async () => {
  await proxy.close();
  await server.stop();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy.setFault(undefined);
});

function fetcherFor({ endpoint = proxy.origin, limits = PATIENT, retries = 1 } = {}) {
  const s3 = { endpoint, path_style: true, credentials: 'none' } as const;
  return createFetcher({
    sources: { s3: createS3Source({ s3, ca: certificates.ca }) },
    limits: { ...limits, retries },
    clock: systemClock,
    random: () => 0,
  });
}

function requestFor(key: string) {
  const { signal } = new AbortController();
  return { place: { kind: 's3', bucket: 'plans', key }, maxBytes: 1_000_000, signal } as const;
}

const fetchObject = (options: Parameters<typeof fetcherFor>[0] = {}) =>
  fetchBytes(fetcherFor(options), requestFor('a.tgz'));

it('comes over TLS from a server whose authority the device was told of', async () => {
  expect(await fetchObject()).toMatchObject({ ok: true, value: { bytes: OBJECT } });
});

it('does not come from one whose authority it was not told of', async () => {
  await proxy.setFault('unknown-authority');
  expect(await fetchObject()).toMatchObject({
    failure: {
      code: 'update/unreachable',
      hint: 'Name the authority in [https] ca_file of device.toml, and see that the clock of the device is right.',
    },
  });
});

describe('with a fault on the wire', () => {
  it.each(faultNames('https').filter((fault) => FAULT_CODES[fault] !== undefined))(
    '%s ends with its reason',
    async (fault) => {
      await proxy.setFault(fault);
      const limits = ENDLESS.includes(fault) ? IMPATIENT : PATIENT;
      expect(await fetchObject({ endpoint: proxy.originFor(fault), limits })).toMatchObject({
        ok: false,
        failure: { code: FAULT_CODES[fault] },
      });
    },
  );

  it.each(['reset-mid-body', 'stalled-body', 'truncated', 'truncated-chunked'] as const)(
    'goes on after %s where it broke off',
    async (fault) => {
      const before = proxy.log.length;
      await proxy.setFault(fault, { times: 1 });
      const limits = { ...PATIENT, stallMs: fault === 'stalled-body' ? 1_000 : 20_000 };
      expect(await fetchObject({ limits })).toMatchObject({ ok: true, value: { bytes: OBJECT } });
      const ranges = proxy.log.slice(before).map(({ headers }) => headers.range);
      expect(ranges).toEqual([undefined, 'bytes=100000-']);
    },
  );

  it('begins anew when the object has changed since it broke off', async () => {
    const newer = randomBytes(150_000);
    await server.put('plans', 'changing.tgz', OBJECT);
    await proxy.setFault('truncated', { times: 1 });
    const parts: Uint8Array[] = [];
    const sink = {
      begin: () => {
        parts.length = 0;
        return Promise.resolve();
      },
      write: async (chunk: Uint8Array) => {
        if (parts.length === 0) await server.put('plans', 'changing.tgz', newer);
        parts.push(chunk);
      },
    };
    const fetched = await fetcherFor().fetch({ ...requestFor('changing.tgz'), sink });
    expect(fetched).toMatchObject({ ok: true, value: { bytes: newer.length } });
    expect(Buffer.concat(parts).equals(newer)).toBe(true);
  });

  it.each(['403', '404', 'redirect-loop', 'garbage', 'captive-portal'] as const)(
    'does not ask again after %s',
    async (fault) => {
      const before = proxy.log.length;
      await proxy.setFault(fault);
      await fetchObject({ retries: 3 });
      expect(proxy.log).toHaveLength(before + 1);
    },
  );

  it('gets over a server that is broken once', async () => {
    await proxy.setFault('500-then-fine');
    expect(await fetchObject()).toMatchObject({ ok: true, value: { bytes: OBJECT } });
  });
});

it('goes by way of the proxy that the environment names', async () => {
  const asked: (string | undefined)[] = [];
  const tunnels = createServer().on('connect', (request, client: Duplex) => {
    asked.push(request.url);
    client.end('HTTP/1.1 502 Not today\r\n\r\n');
  });
  await new Promise<void>((resolve) => tunnels.listen(0, '127.0.0.1', resolve));
  const address = tunnels.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${String(address.port)}`);
  const fetched = await fetchObject({ endpoint: 'https://s3.example', retries: 0 });
  await new Promise((resolve) => tunnels.close(resolve));
  expect(asked).toEqual(['s3.example:443']);
  expect(fetched).toMatchObject({ ok: false, failure: { code: 'update/unreachable' } });
});
