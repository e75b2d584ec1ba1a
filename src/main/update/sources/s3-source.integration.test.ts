import { createHash } from 'node:crypto';
import dns from 'node:dns';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeviceConfig } from '../../config/device-config.ts';
import { startS3Server, type S3Server } from '../testing/s3-server.test-support.ts';
import type { OpenRequest } from './object-source.ts';
import type { S3Place } from './place.ts';
import { createS3Source } from './s3-source.ts';

const PLAN = Buffer.from('# a plan\n'.repeat(20_000));
const place = (key: string, bucket = 'plans'): S3Place => ({ kind: 's3', bucket, key });

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
  await server.makeBucket('plans', { public: true });
  await server.put('plans', 'plan.toml', PLAN);
  await server.makeBucket('closed');
  await server.put('closed', 'plan.toml', PLAN);
});
afterAll(() => server.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function sourceWith(s3: Partial<DeviceConfig['s3']> = {}) {
  const { endpoint } = server;
  return createS3Source({ s3: { endpoint, path_style: true, credentials: 'none', ...s3 } });
}

const source = () => sourceWith();
const host = () => new URL(server.endpoint).host;

async function read(
  at: S3Place,
  more: Partial<OpenRequest<S3Place>> = {},
  from: ReturnType<typeof createS3Source> = source(),
) {
  const { signal } = new AbortController();
  const opened = await from.open({ place: at, maxBytes: 1e9, signal, ...more });
  if (!opened.ok || opened.value.kind === 'unchanged') return opened;
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.value.body) chunks.push(chunk);
  const { body: _body, ...head } = opened.value;
  return { ok: true as const, value: { ...head, bytes: Buffer.concat(chunks) } };
}

/** As S3 makes it of what was put in one piece. */
const tagOf = (bytes: Uint8Array) => `"${createHash('md5').update(bytes).digest('hex')}"`;
const TAG = tagOf(PLAN);
const whole = { kind: 'body', offset: 0, total: PLAN.length, tag: TAG, bytes: PLAN };

describe('an object', () => {
  it('comes whole, with its size and tag', async () => {
    expect(await read(place('plan.toml'))).toEqual({ ok: true, value: whole });
  });

  it('is not sent again if it still has the tag', async () => {
    const answer = await read(place('plan.toml'), { unlessTag: TAG });
    expect(answer).toEqual({ ok: true, value: { kind: 'unchanged' } });
  });

  it('is sent again if it has another tag', async () => {
    const answer = await read(place('plan.toml'), { unlessTag: '"0123"' });
    expect(answer).toEqual({ ok: true, value: whole });
  });

  it('comes from a byte on', async () => {
    const answer = await read(place('plan.toml'), { from: { bytes: 1_000, tag: TAG } });
    const bytes = PLAN.subarray(1_000);
    expect(answer).toEqual({ ok: true, value: { ...whole, offset: 1_000, bytes } });
  });

  it('comes from its beginning if it was changed since', async () => {
    const answer = await read(place('plan.toml'), { from: { bytes: 1_000, tag: '"0123"' } });
    expect(answer).toEqual({ ok: true, value: whole });
  });

  it('comes from its beginning if there is nothing after that byte', async () => {
    const answer = await read(place('plan.toml'), { from: { bytes: PLAN.length, tag: TAG } });
    expect(answer).toEqual({ ok: true, value: whole });
  });

  it('may be empty', async () => {
    await server.put('plans', 'empty.toml', '');
    const answer = await read(place('empty.toml'));
    expect(answer).toMatchObject({ ok: true, value: { total: 0, bytes: Buffer.of() } });
  });

  it.each(['a b+c%20d.tgz', 'é/日本語.tgz', "it's (1)!*.tgz", 'a?b#c&d=e.tgz', '~a@b:c,d;e$.tgz'])(
    'may have the key %j',
    async (key) => {
      await server.put('plans', key, 'hello');
      expect(await read(place(key))).toMatchObject({
        ok: true,
        value: { bytes: Buffer.from('hello') },
      });
    },
  );
});

describe('what cannot be had', () => {
  it('is not there', async () => {
    expect(await read(place('none.toml'))).toEqual({
      ok: false,
      mayPass: false,
      failure: {
        code: 'update/not-found',
        message: `There is nothing at s3://plans/none.toml at ${host()} (404).`,
      },
    });
  });

  it('is in a bucket that is not there', async () => {
    expect(await read(place('plan.toml', 'nobody'))).toMatchObject({
      ok: false,
      mayPass: false,
      failure: {
        code: 'update/not-found',
        hint: 'There is no such bucket: is its name right?',
      },
    });
  });

  it('has no key: what S3 lists then is no object', async () => {
    expect(await read(place(''))).toMatchObject({
      ok: false,
      failure: { code: 'update/not-found' },
    });
  });

  it('is not for everybody', async () => {
    expect(await read(place('plan.toml', 'closed'))).toEqual({
      ok: false,
      mayPass: false,
      failure: {
        code: 'update/denied',
        message: `s3://closed/plan.toml at ${host()} refused access (403).`,
        hint: 'Requests are unsigned: let anybody read it, or set [s3] credentials = "chain" in device.toml. S3 answers so, too, for what is not there, unless the device may list the bucket.',
      },
    });
  });

  it('has a page of somebody else in its place', async () => {
    await server.put('plans', 'page.toml', '<html>', { contentType: 'text/html; charset=utf-8' });
    expect(await read(place('page.toml'))).toMatchObject({
      ok: false,
      failure: {
        code: 'update/invalid',
        message: `s3://plans/page.toml at ${host()} answered with a web page in place of the file.`,
      },
    });
  });
});

describe('a server', () => {
  it('may be named by the address of the object', async () => {
    const { endpoint } = server;
    const at: S3Place = { ...place('plan.toml'), endpoint, pathStyle: true };
    const elsewhere = sourceWith({ endpoint: 'http://127.0.0.1:9' });
    expect(await read(at, {}, elsewhere)).toEqual({ ok: true, value: whole });
  });

  it('may have the bucket in its host name', async () => {
    // Not every system knows the names below localhost, and no server of a test has others.
    const { lookup } = dns;
    const asked: string[] = [];
    vi.spyOn(dns, 'lookup').mockImplementation(((name: string, ...rest: [never, never]) => {
      asked.push(name);
      lookup('127.0.0.1', ...rest);
    }) as typeof lookup);
    const endpoint = server.endpoint.replace('127.0.0.1', 's3.localhost');
    const hosted = sourceWith({ endpoint, path_style: false });
    expect(await read(place('plan.toml'), {}, hosted)).toEqual({ ok: true, value: whole });
    expect(asked).toEqual(['plans.s3.localhost']);
  });

  it('is refused by nobody', async () => {
    const nobody = sourceWith({ endpoint: 'http://127.0.0.1:9' });
    expect(await read(place('plan.toml'), {}, nobody)).toMatchObject({
      ok: false,
      mayPass: true,
      failure: { code: 'update/unreachable' },
    });
  });
});

describe('with credentials = "chain"', () => {
  const chain = () => sourceWith({ credentials: 'chain' });

  it('requests are signed with what the environment has', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'device');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const answer = await read(place('plan.toml', 'closed'), {}, chain());
    expect(answer).toEqual({ ok: true, value: whole });
  });

  it('and none there, it is said where they were looked for', async () => {
    const nowhere = '/dev/null/nothing';
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', nowhere);
    vi.stubEnv('AWS_CONFIG_FILE', nowhere);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    expect(await read(place('plan.toml', 'closed'), {}, chain())).toEqual({
      ok: false,
      mayPass: false,
      failure: {
        code: 'update/denied',
        message: `No credentials were found for s3://closed/plan.toml at ${host()} (CredentialsProviderError).`,
        hint: '[s3] credentials = "chain" of device.toml looks in the environment, in profile files and in the roles of the machine.',
      },
    });
  });
});

it('without credentials, what the environment has is not used', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'device');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  expect(await read(place('plan.toml', 'closed'))).toMatchObject({
    ok: false,
    failure: { code: 'update/denied' },
  });
});
