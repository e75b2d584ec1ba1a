import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Result } from '#shared';
import { systemClock } from '../../clock.ts';
import { fetchBytes, type FetchedBytes } from './fetch-bytes.ts';
import { createFetcher, type TransferLimits } from './fetcher.ts';
import { createHttpsSource } from './https-source.ts';
import { testCertificates, type TestCertificates } from './testing/certificates.test-support.ts';
import { startFaultProxy, type FaultProxy } from './testing/fault-proxy.test-support.ts';
import { FAULT_CODES, faultNames } from './testing/faults.test-support.ts';
import {
  startHttpsServer,
  tagOf,
  type TestHttpsServer,
  type TestHttpsServerOptions,
} from './testing/https-server.test-support.ts';

const OBJECT = randomBytes(200_000);
const LIMITS: TransferLimits = { connectMs: 500, stallMs: 300, totalMs: 1_500, retries: 1 };

let certificates: TestCertificates;
beforeAll(async () => (certificates = await testCertificates()));

/** Fetches as a device does, with limits for the impatient. */
function fetchUrl(
  url: string,
  options: {
    readonly limits?: Partial<TransferLimits>;
    readonly unlessTag?: string;
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number) => void;
    /** Before the next attempt. */
    readonly between?: () => void;
  } = {},
): Promise<Result<FetchedBytes>> {
  const fetcher = createFetcher({
    sources: { https: createHttpsSource({ ca: certificates.ca }) },
    limits: { ...LIMITS, ...options.limits },
    clock: systemClock,
    random: () => {
      options.between?.();
      return 0;
    },
  });
  const { unlessTag, onProgress, signal = new AbortController().signal } = options;
  return fetchBytes(fetcher, {
    place: { kind: 'https', url },
    maxBytes: 1_000_000,
    signal,
    ...(unlessTag === undefined ? {} : { unlessTag }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

async function serve(options: TestHttpsServerOptions = {}): Promise<TestHttpsServer> {
  const files = [['/plugins/a.tgz', OBJECT]] as const;
  return startHttpsServer({ tls: certificates.good, files, ...options });
}

describe('an object from a web server', () => {
  it('comes whole, with its tag', async () => {
    await using server = await serve();
    expect(await fetchUrl(`${server.origin}/plugins/a.tgz`)).toEqual({
      ok: true,
      value: { kind: 'fetched', bytes: OBJECT, tag: tagOf(OBJECT) },
    });
  });

  it('is not sent again while its tag holds', async () => {
    await using server = await serve();
    const again = await fetchUrl(`${server.origin}/plugins/a.tgz`, { unlessTag: tagOf(OBJECT) });
    expect(again).toEqual({ ok: true, value: { kind: 'unchanged' } });
  });

  it('is followed to another https address, five times at most', async () => {
    await using server = await serve();
    for (const step of [1, 2, 3, 4]) server.redirects.set(`/${step}`, `/${step + 1}`);
    server.redirects.set('/5', `${server.origin}/plugins/a.tgz`);
    expect(await fetchUrl(`${server.origin}/1`)).toMatchObject({ value: { bytes: OBJECT } });
    server.redirects.set('/0', '/1');
    expect(await fetchUrl(`${server.origin}/0`)).toMatchObject({
      failure: { code: 'update/unreachable' },
    });
  });

  it('is not followed to an address without TLS', async () => {
    await using plain = await startHttpsServer({ files: [['/a.tgz', OBJECT]] });
    await using server = await serve();
    server.redirects.set('/a.tgz', `${plain.origin}/a.tgz`);
    expect(await fetchUrl(`${server.origin}/a.tgz`)).toMatchObject({
      failure: { code: 'update/invalid' },
    });
    expect(plain.log).toEqual([]);
  });

  it('is refused with a content encoding, and none is asked for', async () => {
    await using server = await serve({ headers: { 'content-encoding': 'gzip' } });
    expect(await fetchUrl(`${server.origin}/plugins/a.tgz`)).toMatchObject({
      failure: {
        code: 'update/invalid',
        hint: 'Serve the file as it is, without a Content-Encoding.',
      },
    });
    expect(server.log[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('is asked for with the user name of its address, which no message and no other server gets', async () => {
    await using other = await startHttpsServer({ tls: certificates.good });
    await using server = await serve();
    const { host } = new URL(server.origin);
    server.redirects.set('/b.tgz', `${other.origin}/b.tgz`);
    const answer = await fetchUrl(`https://eve:s%20cret@${host}/b.tgz?token=hidden`);
    const basic = `Basic ${Buffer.from('eve:s cret').toString('base64')}`;
    expect(server.log[0]?.headers.authorization).toBe(basic);
    expect(other.log[0]?.headers.authorization).toBeUndefined();
    expect(answer).toEqual({
      ok: false,
      failure: {
        code: 'update/not-found',
        message: `There is nothing at https://${host}/b.tgz (404).`,
      },
    });
  });

  it('comes by way of the proxy that the environment names', async () => {
    await using server = await serve();
    await using proxy = await startConnectProxy();
    vi.stubEnv('HTTPS_PROXY', proxy.address);
    expect(await fetchUrl(`${server.origin}/plugins/a.tgz`)).toMatchObject({
      value: { bytes: OBJECT },
    });
    expect(proxy.log).toEqual([new URL(server.origin).host]);
  });

  it('cannot be had by way of a proxy without an address, whose password is not shown', async () => {
    vi.stubEnv('HTTPS_PROXY', 'eve:secret at nowhere');
    expect(await fetchUrl('https://127.0.0.1/a.tgz')).toEqual({
      ok: false,
      failure: {
        code: 'update/unreachable',
        message: 'HTTPS_PROXY of the environment is no address of a proxy.',
        hint: 'Write it as http://host:port.',
      },
    });
  });

  afterEach(() => vi.unstubAllEnvs());
});

describe('with faults on the wire', () => {
  let server: TestHttpsServer;
  let proxy: FaultProxy;
  beforeEach(async () => {
    server = await serve();
    proxy = await startFaultProxy({ upstream: server.origin, certificates });
  });
  afterEach(async () => {
    await proxy.close();
    await server.close();
  });

  it.each(faultNames('https').filter((fault) => FAULT_CODES[fault] !== undefined))(
    '%s ends with its reason',
    async (fault) => {
      await proxy.setFault(fault);
      expect(await fetchUrl(`${proxy.originFor(fault)}/plugins/a.tgz`)).toMatchObject({
        ok: false,
        failure: { code: FAULT_CODES[fault] },
      });
    },
  );

  it.each(['reset-mid-body', 'stalled-body', 'truncated', 'truncated-chunked'] as const)(
    'goes on after %s where it broke off',
    async (fault) => {
      await proxy.setFault(fault, { times: 1 });
      expect(await fetchUrl(`${proxy.origin}/plugins/a.tgz`)).toMatchObject({
        value: { bytes: OBJECT },
      });
      expect(server.log.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
        [undefined, undefined],
        ['bytes=100000-', tagOf(OBJECT)],
      ]);
    },
  );

  it('begins anew when the object has changed in between', async () => {
    const newer = randomBytes(150_000);
    await proxy.setFault('truncated', { times: 1 });
    const between = () => void server.files.set('/plugins/a.tgz', newer);
    const fetched = await fetchUrl(`${proxy.origin}/plugins/a.tgz`, { between });
    expect(fetched).toMatchObject({ value: { bytes: newer, tag: tagOf(newer) } });
  });

  it('begins anew after a range that is not there any more', async () => {
    await using server = await serve();
    const source = createHttpsSource({ ca: certificates.ca });
    const opened = await source.open({
      place: { kind: 'https', url: `${server.origin}/plugins/a.tgz` },
      maxBytes: 1_000_000,
      signal: new AbortController().signal,
      from: { bytes: OBJECT.length, tag: tagOf(OBJECT) },
    });
    expect(opened).toMatchObject({ ok: true, value: { offset: 0, total: OBJECT.length } });
    expect(server.log.map(({ headers }) => headers.range)).toEqual(['bytes=200000-', undefined]);
  });

  it.each(['403', '404', 'redirect-loop', 'garbage', 'captive-portal'] as const)(
    'does not ask again after %s',
    async (fault) => {
      await proxy.setFault(fault);
      await fetchUrl(`${proxy.origin}/plugins/a.tgz`, { limits: { retries: 3 } });
      const asked = fault === 'redirect-loop' ? 6 : 1;
      expect(proxy.log).toHaveLength(asked);
    },
  );

  it.each([
    ['expired-certificate', 'it has expired (CERT_HAS_EXPIRED)'],
    ['wrong-certificate', 'it is for another host (ERR_TLS_CERT_ALTNAME_INVALID)'],
    ['unknown-authority', 'its authority is not known here (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'],
  ] as const)('names the trouble and the mend for %s', async (fault, trouble) => {
    await proxy.setFault(fault);
    const url = `${proxy.origin}/plugins/a.tgz`;
    expect(await fetchUrl(url)).toMatchObject({
      failure: {
        message: `The certificate of ${url} does not hold: ${trouble}.`,
        hint: 'Name the authority in [https] ca_file of device.toml, and see that the clock of the device is right.',
      },
    });
  });

  it('gets over a server that is broken once', async () => {
    await proxy.setFault('500-then-fine');
    expect(await fetchUrl(`${proxy.origin}/plugins/a.tgz`)).toMatchObject({
      value: { bytes: OBJECT },
    });
  });

  it('hangs up at once when it is called off', async () => {
    await proxy.setFault('stalled-body');
    const control = new AbortController();
    const fetched = await fetchUrl(`${proxy.origin}/plugins/a.tgz`, {
      limits: { connectMs: 60_000, stallMs: 60_000, totalMs: 60_000 },
      signal: control.signal,
      onProgress: (done) => {
        if (done > 0) control.abort();
      },
    });
    expect(fetched.ok).toBe(false);
    await vi.waitUntil(() => proxy.connections === 0);
  });
});

/** A proxy that tunnels (RFC 9110 9.3.6), and tells where to. */
async function startConnectProxy() {
  const log: (string | undefined)[] = [];
  const clients = new Set<Duplex>();
  const server = createServer().on('connect', (request, client: Duplex) => {
    log.push(request.url);
    clients.add(client);
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const client of clients) client.destroy();
    await closed;
  };
  return { address: `http://127.0.0.1:${address.port}`, log, [Symbol.asyncDispose]: close };
}
