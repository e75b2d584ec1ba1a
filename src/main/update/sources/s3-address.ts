import { fail, ok, type Result } from '#shared';
import type { S3Place } from './place.ts';

/**
 * Hosts of Amazon S3, the bucket before them or not: with and without a region, `s3-eu-west-1` of old,
 * dual-stack, FIPS, accelerated, China (Amazon S3 User Guide, "Virtual hosting of buckets"). The last
 * `s3` counts, since a bucket's name may hold dots.
 */
const AMAZON_S3 =
  /^(?:(?<bucket>.+)\.)?(?<server>s3(?:-fips|-accelerate|-external-1)?(?:\.dualstack)?(?:[.-](?<region>[a-z]{2,4}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?:\.cn)?)$/;
const AMAZON = /(?:^|\.)amazonaws\.com(?:\.cn)?$/;

/** Wide enough for buckets of before 2018 and of other makers' servers (General purpose bucket naming rules). */
const BUCKET = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])$/;
export const LOOPBACK = /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/;

/**
 * Reads the address of an object, or of a folder of objects, in S3. Pure.
 *
 * - `s3://bucket/key`: the key is taken as it is, letter for letter, as Amazon's own tools do. Which
 *   server has it is the device configuration's to say.
 * - `https://` on Amazon's hosts, virtual-hosted or path style. The key is percent-decoded, and `+` is
 *   a space, as Amazon reads and writes such addresses.
 * - `https://` on any other host: an S3-compatible server with the bucket first in the path.
 * - `http://` on loopback only, for tests: elsewhere anybody on the way could change what comes.
 *
 * A slash at the end stays in the key. Failure: `update/invalid`, for what is no such address, has
 * `.` or `..` in its key, or carries a query or credentials, which signed requests have no use for.
 */
export function parseS3Address(text: string): Result<S3Place> {
  const scheme = /^[a-z0-9+.-]+(?=:\/\/)/i.exec(text)?.[0].toLowerCase();
  switch (scheme) {
    case 's3':
      return parseBucketAddress(text);
    case 'https':
    case 'http':
      return parseWebAddress(text);
    default:
      return bad(text, 'it begins with neither s3:// nor https://');
  }
}

function parseBucketAddress(text: string): Result<S3Place> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(text) ?? [];
  return placeOf(text, { bucket, key });
}

function parseWebAddress(text: string): Result<S3Place> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return bad(`${text.slice(0, text.indexOf(':'))}://`, 'no address follows');
  // The rest may be what grants access, and is not shown.
  const shown = url.origin + url.pathname;
  if (url.username !== '' || url.password !== '')
    return bad(shown, 'it carries a user name or password', 'Use credentials = "chain".');
  if (url.search !== '')
    return bad(shown, 'it has a query', 'A signed or public web address is of type "https".');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    return bad(shown, 'it is not encrypted', 'Begin it with https://.');

  const amazon = AMAZON_S3.exec(url.hostname)?.groups;
  if (amazon === undefined && AMAZON.test(url.hostname))
    return bad(shown, `${url.hostname} is not an S3 host of Amazon's that is known here`);
  // Amazon takes a plus sign in a path for a space, which few others do.
  const decoded = decode(amazon === undefined ? url.pathname : url.pathname.replaceAll('+', '%20'));
  if (decoded === undefined) return bad(shown, 'its percent signs stand for no text');
  const path = decoded.slice(1);

  const { bucket: host, server = url.hostname, region } = amazon ?? {};
  const where = {
    // The port stands as it is; a default one is not shown.
    endpoint: url.origin.replace(url.hostname, server),
    ...(region === undefined ? {} : { region }),
  };
  if (host !== undefined)
    return placeOf(shown, { bucket: host, key: path, pathStyle: false, ...where });
  const cut = path.indexOf('/');
  const [bucket, key] = cut === -1 ? [path, ''] : [path.slice(0, cut), path.slice(cut + 1)];
  return placeOf(shown, { bucket, key, pathStyle: true, ...where });
}

function placeOf(text: string, place: Omit<S3Place, 'kind'>): Result<S3Place> {
  const { bucket, key } = place;
  if (bucket === '') return bad(text, 'it names no bucket');
  if (!BUCKET.test(bucket) || bucket.includes('..'))
    return bad(text, 'what should be the bucket has no name of one');
  // Servers, and what lies before them, take these for steps in a path. They are allowed nowhere.
  if (key.split('/').some((name) => name === '.' || name === '..'))
    return bad(text, 'its key has "." or ".." in it');
  if (/\0|\p{Surrogate}/u.test(key)) return bad(text, 'its key holds what no request can say');
  return ok({ kind: 's3', ...place });
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function bad(text: string, why: string, hint?: string): Result<never> {
  // Some tools take a key and its secret before the bucket, as in s3://key:secret@bucket.
  const shown = text.replace(/^([^/]*:\/\/)?[^/]*@/, '$1');
  return fail({
    code: 'update/invalid',
    message: `${JSON.stringify(shown)} is no place in S3: ${why}.`,
    hint: hint ?? 'Write it as s3://bucket/folder, or as the https:// address of the object.',
  });
}
