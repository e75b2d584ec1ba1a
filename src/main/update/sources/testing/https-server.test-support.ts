import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsIdentity } from './certificates.test-support.ts';

/** A web server with objects that stand still until the test changes them. */
export interface TestHttpsServer extends AsyncDisposable {
  /** Such as `https://127.0.0.1:40123`. */
  readonly origin: string;
  /** What it holds, by path. Change it while the server runs. */
  readonly files: Map<string, Uint8Array>;
  /** Paths that send elsewhere, with status 302. */
  readonly redirects: Map<string, string>;
  /** What was asked for, oldest first. */
  readonly log: readonly LoggedRequest[];
  close(): Promise<void>;
}

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface TestHttpsServerOptions {
  /** Without it, plain http. */
  readonly tls?: TlsIdentity;
  readonly files?: Iterable<readonly [string, Uint8Array]>;
  /** Default `strong`. */
  readonly tags?: 'strong' | 'weak' | 'none';
  /** Does it know Range? Default true. */
  readonly ranges?: boolean;
  /** Beside its own, or in their place. */
  readonly headers?: { readonly [name: string]: string };
}

/** Starts one on a free port of loopback. Speaks ETag, If-None-Match, Range and If-Range (RFC 9110). */
export async function startHttpsServer(
  options: TestHttpsServerOptions = {},
): Promise<TestHttpsServer> {
  const files = new Map(options.files);
  const redirects = new Map<string, string>();
  const log: LoggedRequest[] = [];
  const answer: RequestListener = (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    log.push({ method, path, headers });
    const elsewhere = redirects.get(path);
    if (elsewhere !== undefined) {
      response.writeHead(302, { location: elsewhere }).end();
      return;
    }
    const bytes = files.get(path);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { status, head, body } = answerFor(bytes, headers, options);
    const type = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    response.writeHead(status, { 'content-type': type, ...head, ...options.headers });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const server =
    options.tls === undefined ? createServer(answer) : createTlsServer({ ...options.tls }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    origin: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    files,
    redirects,
    log,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The ETag that the server gives these bytes. */
export function tagOf(bytes: Uint8Array, strength: 'strong' | 'weak' = 'strong'): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return `${strength === 'weak' ? 'W/' : ''}"${digest}"`;
}

function answerFor(
  bytes: Uint8Array,
  asked: IncomingHttpHeaders,
  { tags = 'strong', ranges = true }: TestHttpsServerOptions,
) {
  const tag = tags === 'none' ? undefined : tagOf(bytes, tags);
  const head = { ...(tag === undefined ? {} : { etag: tag }) };
  if (tag !== undefined && asked['if-none-match'] === tag) return { status: 304, head };
  const from = /^bytes=(\d+)-$/.exec(ranges ? (asked.range ?? '') : '')?.[1];
  const ifRange = asked['if-range'];
  // A weak tag never holds in If-Range: the bytes may differ (RFC 9110 13.1.5).
  const holds = ifRange === undefined || (ifRange === tag && tags === 'strong');
  if (from === undefined || !holds)
    return { status: 200, head: { ...head, 'content-length': bytes.length }, body: bytes };
  const start = Number(from);
  if (start >= bytes.length)
    return { status: 416, head: { ...head, 'content-range': `bytes */${bytes.length}` } };
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  return {
    status: 206,
    head: { ...head, 'content-range': range, 'content-length': bytes.length - start },
    body: bytes.subarray(start),
  };
}
