import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok } from '#shared';
import type { S3Place } from './place.ts';
import { parseS3Address } from './s3-address.ts';

type Expected = Omit<S3Place, 'kind'>;
const place = (expected: Expected) => ok({ kind: 's3' as const, ...expected });
const refusal = (text: string) => {
  const parsed = parseS3Address(text);
  return parsed.ok ? undefined : parsed.failure;
};

describe('s3://', () => {
  it.each<[string, Expected]>([
    ['s3://plans/kiosk/1.0', { bucket: 'plans', key: 'kiosk/1.0' }],
    ['s3://plans', { bucket: 'plans', key: '' }],
    ['s3://plans/', { bucket: 'plans', key: '' }],
    ['S3://my.plans.example/a', { bucket: 'my.plans.example', key: 'a' }],
    ['s3://Old_Bucket/a', { bucket: 'Old_Bucket', key: 'a' }],
    ['s3://plans/a/', { bucket: 'plans', key: 'a/' }],
    ['s3://plans//a', { bucket: 'plans', key: '/a' }],
  ])('reads %s, and leaves the server to the device configuration', (text, expected) => {
    expect(parseS3Address(text)).toEqual(place(expected));
  });

  it('decodes nothing: a percent sign is one of the key', () => {
    expect(parseS3Address('s3://plans/a%20b?c#d+é')).toEqual(
      place({ bucket: 'plans', key: 'a%20b?c#d+é' }),
    );
  });
});

describe('https:// at Amazon', () => {
  const eu = { endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1' };
  const hosted = { bucket: 'plans', key: 'a/b.toml', pathStyle: false };

  it.each<[string, Expected]>([
    ['plans.s3.eu-central-1.amazonaws.com', { ...hosted, ...eu }],
    [
      'plans.s3-eu-west-1.amazonaws.com',
      { ...hosted, endpoint: 'https://s3-eu-west-1.amazonaws.com', region: 'eu-west-1' },
    ],
    ['plans.s3.amazonaws.com', { ...hosted, endpoint: 'https://s3.amazonaws.com' }],
    [
      'plans.s3.dualstack.us-gov-west-1.amazonaws.com',
      {
        ...hosted,
        endpoint: 'https://s3.dualstack.us-gov-west-1.amazonaws.com',
        region: 'us-gov-west-1',
      },
    ],
    [
      'plans.s3-fips.us-east-1.amazonaws.com',
      { ...hosted, endpoint: 'https://s3-fips.us-east-1.amazonaws.com', region: 'us-east-1' },
    ],
    [
      'plans.s3.cn-north-1.amazonaws.com.cn',
      { ...hosted, endpoint: 'https://s3.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
    ],
    [
      'plans.s3-accelerate.amazonaws.com',
      { ...hosted, endpoint: 'https://s3-accelerate.amazonaws.com' },
    ],
    ['my.own.plans.s3.eu-central-1.amazonaws.com', { ...hosted, ...eu, bucket: 'my.own.plans' }],
    ['x.s3.s3.eu-central-1.amazonaws.com', { ...hosted, ...eu, bucket: 'x.s3' }],
  ])('reads the bucket from the host %s', (host, expected) => {
    expect(parseS3Address(`https://${host}/a/b.toml`)).toEqual(place(expected));
  });

  it.each<[string, Expected]>([
    [
      'https://s3.eu-central-1.amazonaws.com/plans/a',
      { bucket: 'plans', key: 'a', pathStyle: true, ...eu },
    ],
    [
      'https://s3.amazonaws.com/plans',
      { bucket: 'plans', key: '', pathStyle: true, endpoint: 'https://s3.amazonaws.com' },
    ],
  ])('reads the bucket from the path of %s', (text, expected) => {
    expect(parseS3Address(text)).toEqual(place(expected));
  });

  it('decodes the key, and takes a plus sign for a space as Amazon does', () => {
    const text = 'https://plans.s3.eu-central-1.amazonaws.com/a+b%20c%2Bd%2Fe%C3%A9';
    expect(parseS3Address(text)).toMatchObject(place({ bucket: 'plans', key: 'a b c+d/eé' }));
  });

  it.each([
    'https://plans-1.s3-accesspoint.eu-west-1.amazonaws.com/a',
    'https://plans.s3-website-us-east-1.amazonaws.com/a',
    'https://ec2.eu-west-1.amazonaws.com/plans/a',
  ])('refuses %s, which is no bucket', (text) => {
    expect(refusal(text)?.message).toContain("is not an S3 host of Amazon's that is known here");
  });

  it('is not fooled by a host that only ends like it', () => {
    expect(parseS3Address('https://plans.s3.amazonaws.com.evil.example/b123/a')).toEqual(
      place({
        bucket: 'b123',
        key: 'a',
        pathStyle: true,
        endpoint: 'https://plans.s3.amazonaws.com.evil.example',
      }),
    );
  });
});

describe('https:// elsewhere', () => {
  it('is an S3-compatible server, the bucket first in the path', () => {
    expect(parseS3Address('https://minio.example:9000/plans/a+b%20c')).toEqual(
      place({
        bucket: 'plans',
        key: 'a+b c',
        pathStyle: true,
        endpoint: 'https://minio.example:9000',
      }),
    );
  });
});

describe('http://', () => {
  it.each(['127.0.0.1:9000', 'localhost:9000', 's3.localhost', '[::1]:9000'])(
    'is taken on loopback: %s',
    (host) => {
      expect(parseS3Address(`http://${host}/plans/a`)).toEqual(
        place({ bucket: 'plans', key: 'a', pathStyle: true, endpoint: `http://${host}` }),
      );
    },
  );

  it.each(['plans.s3.amazonaws.com', '10.0.0.1', '127.evil.example', 'localhost.evil.example'])(
    'is refused elsewhere: %s',
    (host) => {
      expect(refusal(`http://${host}/plans/a`)).toEqual({
        code: 'update/invalid',
        message: `"http://${host}/plans/a" is no place in S3: it is not encrypted.`,
        hint: 'Begin it with https://.',
      });
    },
  );
});

describe('what is no address', () => {
  it.each([
    ['', 'it begins with neither s3:// nor https://'],
    ['plans/a', 'it begins with neither s3:// nor https://'],
    ['ftp://plans/a', 'it begins with neither s3:// nor https://'],
    ['s3:///a', 'it names no bucket'],
    ['https://minio.example/', 'it names no bucket'],
    ['https://', 'no address follows'],
    ['s3://arn:aws:s3:::plans/a', 'what should be the bucket has no name of one'],
    ['s3://a..b/c', 'what should be the bucket has no name of one'],
    ['s3://plans/a/../b', 'its key has "." or ".." in it'],
    ['https://minio.example/plans/%2e%2e%2fb', 'its key has "." or ".." in it'],
    ['https://minio.example/plans/%ff', 'its percent signs stand for no text'],
    ['https://minio.example/plans/%', 'its percent signs stand for no text'],
    ['https://minio.example/plans/%00', 'its key holds what no request can say'],
  ])('refuses %j: %s', (text, why) => {
    expect(refusal(text)).toMatchObject({
      code: 'update/invalid',
      message: expect.stringMatching(/^".*" is no place in S3: /s) as string,
    });
    expect(refusal(text)?.message).toContain(why);
  });

  it('refuses a query, and does not show it, since it may be what grants access', () => {
    expect(refusal('https://plans.s3.amazonaws.com/a?X-Amz-Signature=secret')).toEqual({
      code: 'update/invalid',
      message: '"https://plans.s3.amazonaws.com/a" is no place in S3: it has a query.',
      hint: 'A signed or public web address is of type "https".',
    });
  });

  it('refuses credentials', () => {
    expect(refusal('https://eve:secret@minio.example/plans/a')?.message).toBe(
      '"https://minio.example/plans/a" is no place in S3: it carries a user name or password.',
    );
  });

  it.each([
    'https://eve:secret@minio.example/plans/a',
    'https://eve:secret@bad host/plans/a',
    'ftp://eve:secret@minio.example/plans/a',
    's3://eve:secret@plans/a',
  ])('does not show the secret of %s', (text) => {
    expect(refusal(text)?.message).not.toContain('secret');
  });
});

describe('for all addresses', () => {
  const bucket = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])(\.[a-z0-9]{1,9})?$/);
  const name = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => text !== '.' && text !== '..' && !/[\0/]|\p{Surrogate}/u.test(text));
  const key = fc.array(name, { maxLength: 4 }).map((names) => names.join('/'));
  const encoded = (text: string): string => text.split('/').map(encodeURIComponent).join('/');

  it('any key comes back from each way to write it', () => {
    fc.assert(
      fc.property(bucket, key, (aBucket, aKey) => {
        const expected = place({ bucket: aBucket, key: aKey });
        const [amazon, compatible] = ['s3.eu-west-1.amazonaws.com', 'minio.example'];
        for (const text of [
          `s3://${aBucket}/${aKey}`,
          `https://${aBucket}.${amazon}/${encoded(aKey)}`,
          `https://${amazon}/${aBucket}/${encoded(aKey)}`,
          `https://${compatible}/${aBucket}/${encoded(aKey)}`,
        ])
          expect(parseS3Address(text)).toMatchObject(expected);
      }),
    );
  });

  it('no text at all makes it throw', () => {
    const text = fc
      .tuple(fc.constantFrom('', 's3://', 'https://', 'http://'), fc.string({ unit: 'binary' }))
      .map((parts) => parts.join(''));
    fc.assert(fc.property(text, (any) => typeof parseS3Address(any).ok === 'boolean'));
  });
});
