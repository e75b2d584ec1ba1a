import type { Dispatcher } from 'undici';
import { readAnswer, type AskedFor } from './http-answer.ts';
import { failureOfError, type FailedAttempt } from './http-failures.ts';
import { connectToWeb, type Web, type WebOptions } from './https-connections.ts';
import {
  BodyError,
  type Attempt,
  type ObjectSource,
  type OpenAnswer,
  type OpenRequest,
} from './object-source.ts';
import type { HttpsPlace } from './place.ts';
import { describePlace } from './resolve-place.ts';

const MAX_REDIRECTS = 5;

/**
 * Any https address, by way of `HTTPS_PROXY` where that is set. Follows redirects, to https only. What
 * is sent is taken as it is, never decompressed. Connections are kept for the next object.
 */
export function createHttpsSource(options: WebOptions = {}): ObjectSource<HttpsPlace> {
  let web: Promise<Web | FailedAttempt> | undefined;
  return {
    open: async (request) => {
      web ??= connectToWeb(options);
      const connected = await web;
      return 'failure' in connected ? connected : follow(connected, request);
    },
  };
}

type Request = OpenRequest<HttpsPlace>;

/** Asks, and asks elsewhere if that is the answer. */
async function follow(web: Web, request: Request): Promise<Attempt<OpenAnswer>> {
  const { place, from, unlessTag } = request;
  const where = describePlace(place);
  const start = new URL(place.url);
  const asked = { where, path: start.pathname, ...(unlessTag !== undefined && { unlessTag }) };
  let url = start;
  let part = from;
  for (let redirects = 0; redirects <= MAX_REDIRECTS;) {
    const wanted = { ...asked, ...(part !== undefined && { from: part }) };
    const headers = headersFor(wanted, url.origin === start.origin ? start : undefined);
    const response = await send(web, { url, headers, signal: request.signal, where });
    if ('failure' in response) return response;
    const answer = readAnswer({ status: response.statusCode, headers: response.headers }, wanted);
    if (answer.kind === 'object') {
      const { kind: _kind, ...head } = answer;
      return { ok: true, value: { kind: 'body', ...head, body: bodyOf(response.body, where) } };
    }
    discard(response.body);
    switch (answer.kind) {
      case 'failed':
        return answer.attempt;
      case 'unchanged':
        return { ok: true, value: answer };
      case 'no-range':
        part = undefined;
        break;
      case 'redirect': {
        const { location } = answer;
        const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
        if (next?.protocol !== 'https:') return leavesHttps(where);
        url = next;
        redirects += 1;
      }
    }
  }
  const message = `${where} sends on and on: more than ${MAX_REDIRECTS} redirects.`;
  return { ok: false, failure: { code: 'update/unreachable', message }, mayPass: false };
}

/** `credentials`: an address whose user name and password are for this server. */
function headersFor({ from, unlessTag }: AskedFor, credentials: URL | undefined) {
  const { username = '', password = '' } = credentials ?? {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return {
    // Digests are of the bytes as they were published.
    'accept-encoding': 'identity',
    'user-agent': 'firstlight',
    ...(unlessTag !== undefined && { 'if-none-match': unlessTag }),
    ...(from !== undefined && { range: `bytes=${from.bytes}-`, 'if-range': from.tag }),
    ...(username !== '' && { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
  };
}

/** As it was written, where it was never encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function send(
  { request, dispatcher }: Web,
  asked: {
    readonly url: URL;
    readonly headers: { readonly [name: string]: string };
    readonly signal: AbortSignal;
    readonly where: string;
  },
): Promise<Dispatcher.ResponseData | FailedAttempt> {
  const { url, headers, signal, where } = asked;
  try {
    return await request(url, { dispatcher, headers, signal });
  } catch (thrown) {
    return failureOfError(thrown, where);
  }
}

type Stream = Dispatcher.ResponseData['body'];

/** Ends the stream as soon as nobody reads on. */
function bodyOf(stream: Stream, where: string): AsyncIterable<Uint8Array> {
  // One that is destroyed before it is read would throw where nobody listens.
  stream.on('error', () => undefined);
  const chunks: AsyncIterator<Uint8Array, undefined> = stream[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        try {
          return await chunks.next();
        } catch (thrown) {
          const { failure, mayPass } = failureOfError(thrown, where);
          throw new BodyError(failure, mayPass);
        }
      },
      return: () => {
        stream.destroy();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}

/** The rest of an answer that brings nothing. */
function discard(stream: Stream): void {
  stream.on('error', () => undefined).destroy();
}

function leavesHttps(where: string): FailedAttempt {
  const failure = {
    code: 'update/invalid',
    message: `${where} sends on to an address that does not begin with https://.`,
    hint: 'Does the network ask to sign in first (a captive portal)?',
  } as const;
  return { ok: false, failure, mayPass: false };
}
