import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeviceConfig } from '../../config/device-config.ts';
import { BodyError } from './object-source.ts';
import type { S3Place } from './place.ts';
import { createS3Source } from './s3-source.ts';

// What a real S3 server would not do on demand: a small one that says what the test wants.

const PLACE: S3Place = { kind: 's3', bucket: 'plans', key: 'plan.toml' };
let server: Server | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

const port = () => (server?.address() as AddressInfo).port;
const where = () => `s3://plans/plan.toml at 127.0.0.1:${String(port())}`;

async function serve(answer: RequestListener, s3: Partial<DeviceConfig['s3']> = {}) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${String(port())}`;
  return createS3Source({ s3: { endpoint, path_style: true, credentials: 'none', ...s3 } });
}

async function open(source: ReturnType<typeof createS3Source>, signal?: AbortSignal) {
  const request = { place: PLACE, maxBytes: 1e9, signal: signal ?? new AbortController().signal };
  return source.open(request);
}

async function readAll(source: ReturnType<typeof createS3Source>) {
  const opened = await open(source);
  if (!opened.ok || opened.value.kind !== 'body') throw new Error('there is no body');
  let bytes = 0;
  for await (const chunk of opened.value.body) bytes += chunk.length;
  return bytes;
}

/** Something that is waited for. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), opened };
}

const sign = () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'device');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
};
const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

describe('a body', () => {
  it.each([
    ['crc32', 'NhCmhg=='],
    ['crc32c', 'mnG7TA=='],
    ['crc64nvme', 'M3eFcAZSQlc='],
    ['sha1', 'qvTGHdzF6KLavt4PO0gs2a6pQ00='],
    ['sha256', 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='],
  ])('is verified by its %s, which is asked for', async (algorithm, value) => {
    const asked: unknown[] = [];
    let checksum = value;
    const source = await serve((request, response) => {
      asked.push(request.headers['x-amz-checksum-mode']);
      response.writeHead(200, { [`x-amz-checksum-${algorithm}`]: checksum }).end('hello');
    });
    expect(await readAll(source)).toBe(5);
    checksum = value.replace(/^./, 'x');
    await expect(readAll(source)).rejects.toThrow('does not have the checksum');
    expect(asked).toEqual(['ENABLED', 'ENABLED']);
  });

  it('that is not what the checksum is of is invalid, and may be better the next time', async () => {
    const source = await serve((_request, response) => {
      response.writeHead(200, { etag: '"1"', 'x-amz-checksum-crc32': 'AAAAAA==' }).end('hello');
    });
    const broken = await readAll(source).catch((thrown: unknown) => thrown);
    expect(broken).toEqual(
      new BodyError(
        {
          code: 'update/invalid',
          message: `What came from ${where()} does not have the checksum that S3 has of it.`,
        },
        true,
      ),
    );
  });

  it.each([{}, { 'x-amz-checksum-crc32': 'AAAAAA==' }])(
    'that is cut short breaks off, and may pass: %j',
    async (checksum) => {
      const source = await serve((_request, response) => {
        response.writeHead(200, { 'content-length': 100, ...checksum });
        response.write('hello', () => response.destroy());
      });
      await expect(readAll(source)).rejects.toMatchObject({
        name: 'BodyError',
        mayPass: true,
        failure: { code: 'update/unreachable' },
      });
    },
  );

  it.each([{}, { 'x-amz-checksum-crc32': 'AAAAAA==' }])(
    'that breaks while nobody reads it harms nothing: %j',
    async (checksum) => {
      const cut = gate();
      const source = await serve((request, response) => {
        request.socket.on('close', () => cut.open());
        response.writeHead(200, { 'content-length': 100, ...checksum });
        response.write('hello', () => response.destroy());
      });
      const opened = await open(source);
      await cut.opened;
      await new Promise(setImmediate);
      expect(opened.ok).toBe(true);
    },
  );
});

describe('a bucket in another region', () => {
  it('is asked for there, once, and from then on', async () => {
    sign();
    const regions: string[] = [];
    const answer: RequestListener = (request, response) => {
      const region = /\/\d{8}\/([^/]+)\/s3\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
      regions.push(region);
      if (region === 'eu-central-1') response.writeHead(200, { etag: '"1"' }).end('hello');
      else
        response
          .writeHead(301, { 'x-amz-bucket-region': 'eu-central-1' })
          .end(error('PermanentRedirect'));
    };
    const source = await serve(answer, { credentials: 'chain' });
    await readAll(source);
    await readAll(source);
    expect(regions).toEqual(['us-east-1', 'eu-central-1', 'eu-central-1']);
  });

  it('is given up when it is sent on again', async () => {
    let asked = 0;
    const source = await serve((_request, response) => {
      asked += 1;
      const region = `eu-west-${String(asked)}`;
      response.writeHead(301, { 'x-amz-bucket-region': region }).end(error('PermanentRedirect'));
    });
    expect(await open(source)).toMatchObject({ ok: false, mayPass: false });
    expect(asked).toBe(2);
  });

  it('is not looked for where an answer only says so', async () => {
    let asked = 0;
    const source = await serve((_request, response) => {
      asked += 1;
      response.writeHead(301, { 'x-amz-bucket-region': 'evil.example/' }).end();
    });
    expect(await open(source)).toMatchObject({ ok: false, failure: { code: 'update/invalid' } });
    expect(asked).toBe(1);
  });
});

describe('a captive portal', () => {
  it('that sends elsewhere is invalid, and is not followed', async () => {
    const source = await serve((_request, response) => {
      response.writeHead(302, { location: 'http://portal.example/login' }).end();
    });
    expect(await open(source)).toEqual({
      ok: false,
      mayPass: false,
      failure: {
        code: 'update/invalid',
        message: `${where()} sends on to another address, and not to a bucket of Amazon's.`,
        hint: 'Does the network ask to sign in first (a captive portal)?',
      },
    });
  });

  it('whose refusal is a page is denied like any other', async () => {
    const source = await serve((_request, response) => {
      response.writeHead(403, { 'content-type': 'text/html' }).end('<html><p>Sign in & pay<br>');
    });
    expect(await open(source)).toMatchObject({ ok: false, failure: { code: 'update/denied' } });
  });
});

describe('an answer', () => {
  it.each([
    [400, 'ExpiredToken', 'update/denied', false],
    [403, 'InvalidAccessKeyId', 'update/denied', false],
    [403, 'RequestTimeTooSkewed', 'update/denied', true],
    [404, 'NoSuchKey', 'update/not-found', false],
    [503, 'SlowDown', 'update/unreachable', true],
    [500, 'InternalError', 'update/unreachable', true],
  ] as const)('%i %s is %s', async (status, code, meaning, mayPass) => {
    const source = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' }).end(error(code));
    });
    expect(await open(source)).toMatchObject({ ok: false, mayPass, failure: { code: meaning } });
  });

  it('with an error that never ends is not read to its end', async () => {
    const source = await serve((_request, response) => {
      response.writeHead(404);
      const more = (): void => void response.write('x'.repeat(16_384), () => setImmediate(more));
      more();
    });
    expect(await open(source)).toMatchObject({ ok: false, failure: { code: 'update/not-found' } });
  });

  it('that the SDK cannot read is invalid, and its body is let go', async () => {
    const gone = gate();
    const source = await serve((request, response) => {
      request.socket.on('close', () => gone.open());
      const odd = { 'last-modified': 'yesterday', 'x-amz-checksum-crc32': 'AAAAAA==' };
      response.writeHead(200, { etag: '"1"', 'content-length': 100, ...odd }).write('hello');
    });
    expect(await open(source)).toMatchObject({ ok: false, failure: { code: 'update/invalid' } });
    await gone.opened;
  });
});

it('goes by the time of the server when its own clock was refused', async () => {
  sign();
  const years: string[] = [];
  const answer: RequestListener = (request, response) => {
    const year = String(request.headers['x-amz-date']).slice(0, 4);
    years.push(year);
    response.setHeader('date', 'Sat, 01 Jun 2047 12:00:00 GMT');
    if (year === '2047') response.writeHead(200, { etag: '"1"' }).end('hello');
    else response.writeHead(403).end(error('RequestTimeTooSkewed'));
  };
  const source = await serve(answer, { credentials: 'chain' });
  expect(await open(source)).toMatchObject({ ok: false, mayPass: true });
  expect(await readAll(source)).toBe(5);
  expect(years).toEqual([String(new Date().getFullYear()), '2047']);
});

describe('after the signal', () => {
  it('a head that does not come is not waited for, and the connection is closed', async () => {
    const arrived = gate();
    const gone = gate();
    const source = await serve((request) => {
      request.socket.on('close', () => gone.open());
      arrived.open();
    });
    const abort = new AbortController();
    const opening = open(source, abort.signal);
    await arrived.opened;
    abort.abort();
    expect(await opening).toMatchObject({ ok: false });
    await gone.opened;
  });

  it.each([{}, { 'x-amz-checksum-crc32': 'AAAAAA==' }])(
    'a body that stalls ends, and the connection is closed: %j',
    async (checksum) => {
      const gone = gate();
      const source = await serve((request, response) => {
        request.socket.on('close', () => gone.open());
        response.writeHead(200, { 'content-length': 100, ...checksum }).write('hello');
      });
      const abort = new AbortController();
      const opened = await open(source, abort.signal);
      if (!opened.ok || opened.value.kind !== 'body') throw new Error('there is no body');
      const chunks = opened.value.body[Symbol.asyncIterator]();
      await chunks.next();
      const next = chunks.next();
      abort.abort();
      await expect(next).rejects.toBeInstanceOf(BodyError);
      await gone.opened;
    },
  );

  it('credentials that nobody hands out are not waited for', async () => {
    const source = await serve(() => undefined, { credentials: 'chain' });
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null/nothing');
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null/nothing');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${String(port())}/`);
    const abort = new AbortController();
    server?.on('request', () => abort.abort());
    expect(await open(source, abort.signal)).toMatchObject({ ok: false });
  });
});

it('leaves a body that nobody wants any more at once', async () => {
  const gone = gate();
  const source = await serve((request, response) => {
    request.socket.on('close', () => gone.open());
    response.writeHead(200, { 'content-length': 100 }).write('hello');
  });
  const opened = await open(source);
  if (!opened.ok || opened.value.kind !== 'body') throw new Error('there is no body');
  for await (const chunk of opened.value.body) {
    expect(String(chunk)).toBe('hello');
    break;
  }
  await gone.opened;
});
