import dns from 'node:dns';
import { afterEach, expect, it, vi } from 'vitest';
import { createS3Source } from './s3-source.ts';
import { parseS3Address } from './s3-address.ts';

// Which server is asked, seen at the last moment: when its name is looked up. There is none to answer.
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it.each([
  ['s3://plans/a', {}, 'plans.s3.us-east-1.amazonaws.com'],
  ['s3://plans/a', { region: 'eu-west-1' }, 'plans.s3.eu-west-1.amazonaws.com'],
  ['s3://plans/a', { region: 'cn-north-1' }, 'plans.s3.cn-north-1.amazonaws.com.cn'],
  ['s3://plans/a', { path_style: true }, 's3.us-east-1.amazonaws.com'],
  // No certificate is for two names below: with dots, the bucket is in the path.
  ['s3://my.plans/a', {}, 's3.us-east-1.amazonaws.com'],
  ['s3://plans/a', { endpoint: 'https://minio.example', path_style: true }, 'minio.example'],
  ['s3://plans/a', { endpoint: 'https://minio.example' }, 'plans.minio.example'],
  ['https://plans.s3.eu-west-1.amazonaws.com/a', {}, 'plans.s3.eu-west-1.amazonaws.com'],
  ['https://s3.eu-west-1.amazonaws.com/plans/a', {}, 's3.eu-west-1.amazonaws.com'],
  ['https://plans.s3.amazonaws.com/a', { region: 'eu-west-1' }, 'plans.s3.amazonaws.com'],
  ['https://plans.s3-eu-west-1.amazonaws.com/a', {}, 'plans.s3-eu-west-1.amazonaws.com'],
  [
    'https://plans.s3.dualstack.eu-west-1.amazonaws.com/a',
    { endpoint: 'https://minio.example', path_style: true },
    'plans.s3.dualstack.eu-west-1.amazonaws.com',
  ],
])('%s with %j is asked for at %s', async (address, s3, expected) => {
  for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, '');
  const asked: string[] = [];
  vi.spyOn(dns, 'lookup').mockImplementation(((
    name: string,
    _options: unknown,
    done: (error: Error) => void,
  ) => {
    asked.push(name);
    done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  }) as typeof dns.lookup);
  const place = parseS3Address(address);
  if (!place.ok) throw new Error(place.failure.message);
  const source = createS3Source({ s3: { path_style: false, credentials: 'none', ...s3 } });
  const { signal } = new AbortController();
  const opened = await source.open({ place: place.value, maxBytes: 1, signal });
  expect(opened).toMatchObject({ ok: false, mayPass: true });
  expect(asked).toEqual([expected]);
});
