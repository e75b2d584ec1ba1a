import { Readable } from 'node:stream';
import type { DeviceConfig } from '../../config/device-config.ts';
import { readAnswer, type AnswerHead, type HttpAnswer } from './http-answer.ts';
import { failureOfError, failureOfStatus, type FailedAttempt } from './http-failures.ts';
import {
  BodyError,
  type Attempt,
  type ObjectSource,
  type OpenAnswer,
  type OpenRequest,
} from './object-source.ts';
import type { S3Place } from './place.ts';
import { describePlace } from './resolve-place.ts';
import { parseS3Address } from './s3-address.ts';
import { createS3Clients, inRegion, type S3Sdk, type S3Target } from './s3-clients.ts';
import { failureOfS3 } from './s3-failures.ts';
import { watchAnswer } from './s3-answer.ts';

type Request = OpenRequest<S3Place>;
type FindClient = (target: S3Target) => Promise<S3Sdk>;

/** PermanentRedirect, TemporaryRedirect, AuthorizationHeaderMalformed. */
const WRONG_REGION: readonly number[] = [301, 307, 400];
const DEFAULT_REGION = 'us-east-1';

/**
 * Objects in Amazon's S3 and in servers that speak its protocol. Requests are unsigned unless the
 * configuration says `chain`. A bucket that turns out to be in another region is asked for there, and
 * remembered. Checksums are verified where the server has them. Connections are kept.
 */
export function createS3Source(options: {
  readonly s3: DeviceConfig['s3'];
  /** PEM text of authorities that are trusted beside the system's. */
  readonly ca?: string | undefined;
}): ObjectSource<S3Place> {
  const { s3, ca } = options;
  const isSigned = s3.credentials === 'chain';
  const findClient = createS3Clients({ isSigned, ca });
  const moved = new Map<string, S3Target>();
  return {
    open: async (request) => {
      const { place } = request;
      // Asked for nothing, S3 lists what is in the bucket.
      if (place.key === '') return failureOfStatus(404, describePlace(place));
      const target = targetOf(place, s3);
      const bucket = JSON.stringify([place.bucket, target]);
      const known = moved.get(bucket);
      const first = await ask({ request, findClient, isSigned, target: known ?? target });
      if (!('elsewhere' in first)) return first;
      // Once: servers that send each other on would never end.
      const second = await ask({ request, findClient, isSigned, target: first.elsewhere });
      if ('elsewhere' in second) return second.otherwise;
      moved.set(bucket, first.elsewhere);
      return second;
    },
  };
}

/** An address says more than the configuration, which says more than the defaults. */
function targetOf(place: S3Place, s3: DeviceConfig['s3']): S3Target {
  const region = place.region ?? s3.region ?? DEFAULT_REGION;
  const pathStyle = place.pathStyle ?? s3.path_style;
  const endpoint = place.endpoint ?? s3.endpoint;
  return { region, pathStyle, ...(endpoint === undefined ? {} : { endpoint }) };
}

interface Asking {
  readonly request: Request;
  readonly target: S3Target;
  readonly findClient: FindClient;
  readonly isSigned: boolean;
}

type Asked =
  Attempt<OpenAnswer> | { readonly elsewhere: S3Target; readonly otherwise: FailedAttempt };

/** Asks for the wanted part, and for the whole if there is no such part any more. */
async function ask(asking: Asking): Promise<Asked> {
  const answer = await askOnce(asking);
  if (answer !== 'no-part') return answer;
  const { from: _from, ...request } = asking.request;
  const whole = await askOnce({ ...asking, request });
  if (whole === 'no-part') throw new Error('no part was asked for');
  return whole;
}

async function askOnce(asking: Asking): Promise<Asked | 'no-part'> {
  const { request, findClient, target, isSigned } = asking;
  const { place, signal, unlessTag, from } = request;
  const where = whereOf(asking);
  const { client, GetObjectCommand } = await findClient(target);
  const command = new GetObjectCommand({
    Bucket: place.bucket,
    Key: place.key,
    IfNoneMatch: unlessTag,
    // A checksum is of the whole.
    ...(from === undefined
      ? { ChecksumMode: 'ENABLED' }
      : { Range: `bytes=${String(from.bytes)}-`, IfMatch: from.tag }),
  });
  const seen = watchAnswer(command);
  let body: unknown;
  let thrown: unknown;
  try {
    // Looking for credentials does not listen to the signal.
    const sent = client.send(command, { abortSignal: signal });
    body = (await unlessAborted(sent, signal)).Body;
  } catch (error) {
    thrown = error;
  }
  const head = seen.head();
  if (head === undefined) return failureOfS3({ error: thrown, where, isSigned });
  const answer = readAnswer(head, { where, path: place.key, ...conditions(request) });
  if (answer.kind === 'object' && body instanceof Readable) {
    const { kind: _kind, ...object } = answer;
    return { ok: true, value: { kind: 'body', ...object, body: bodyOf(body, where) } };
  }
  seen.discard();
  return withoutObject(asking, answer, { head, thrown });
}

/** What an answer without an object leads to. */
function withoutObject(asking: Asking, answer: HttpAnswer, seen: Seen): Asked | 'no-part' {
  const { request, isSigned, target } = asking;
  const { status, headers } = seen.head;
  if (answer.kind === 'unchanged') return { ok: true, value: answer };
  if (answer.kind === 'no-range') return 'no-part';
  // It has changed since the part was fetched.
  if (status === 412 && request.from !== undefined) return 'no-part';
  // A page in place of the object.
  if (answer.kind === 'failed' && status < 300) return answer.attempt;
  const where = whereOf(asking);
  const region = WRONG_REGION.includes(status) ? regionOf(headers) : undefined;
  if (region === undefined && answer.kind === 'redirect') return leadsAway(where, answer.location);
  const otherwise = failureOfS3({ error: seen.thrown, status, where, isSigned });
  return region === undefined || region === target.region
    ? otherwise
    : { elsewhere: inRegion(target, region), otherwise };
}

/** The device may have its own word on the server, which the place alone does not tell. */
function whereOf({ request: { place }, target: { endpoint } }: Asking): string {
  return describePlace({ ...place, ...(endpoint === undefined ? {} : { endpoint }) });
}

interface Seen {
  readonly head: AnswerHead;
  readonly thrown: unknown;
}

function conditions({ unlessTag, from }: Request): Pick<Request, 'unlessTag' | 'from'> {
  return { ...(unlessTag !== undefined && { unlessTag }), ...(from !== undefined && { from }) };
}

/** To anywhere but a bucket of Amazon's. Never followed: what is there does not speak for S3. */
function leadsAway(where: string, location: string): FailedAttempt {
  if (!URL.canParse(location)) {
    const message = `${where} sends on and on within its own server.`;
    return { ok: false, failure: { code: 'update/unreachable', message }, mayPass: false };
  }
  const failure = {
    code: 'update/invalid',
    message: `${where} sends on to another address, and not to a bucket of Amazon's.`,
    hint: 'Does the network ask to sign in first (a captive portal)?',
  } as const;
  return { ok: false, failure, mayPass: false };
}

/** Where the bucket is, as an answer says it that comes from a wrong region. */
function regionOf(headers: AnswerHead['headers']): string | undefined {
  const region = headers['x-amz-bucket-region'];
  // It becomes part of a host's name.
  if (typeof region === 'string' && /^[a-z0-9-]{1,40}$/.test(region)) return region;
  const location = headers.location;
  const place = typeof location === 'string' ? parseS3Address(location) : undefined;
  return place?.ok === true ? place.value.region : undefined;
}

/** Rejects as soon as the signal says so, whatever the work still does. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('given up'));
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    const leave = (): void => signal.removeEventListener('abort', abort);
    work.then(resolve, reject).finally(leave);
  });
}

/** Ends the stream as soon as nobody reads on. */
function bodyOf(stream: Readable, where: string): AsyncIterable<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array, undefined> = stream[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        try {
          return await chunks.next();
        } catch (thrown) {
          throw brokenBody(thrown, where);
        }
      },
      return: () => {
        stream.destroy();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}

function brokenBody(thrown: unknown, where: string): BodyError {
  // The SDK has no class or code for it.
  if (thrown instanceof Error && thrown.message.startsWith('Checksum mismatch')) {
    const message = `What came from ${where} does not have the checksum that S3 has of it.`;
    return new BodyError({ code: 'update/invalid', message }, true);
  }
  const { failure, mayPass } = failureOfError(thrown, where);
  return new BodyError(failure, mayPass);
}
