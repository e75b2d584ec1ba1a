import { createServer, request as httpRequest } from 'node:http';
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { TestCertificates } from './certificates.test-support.ts';
import {
  FAULTY_ANSWERS,
  type FaultyAnswer,
  type WholeAnswer,
} from './faulty-answers.test-support.ts';
import { CERTIFICATE_FAULTS, type Fault } from './faults.test-support.ts';

/** Stands in front of a server and spoils its answers on demand. */
export interface FaultProxy extends AsyncDisposable {
  /** Where to ask: `http(s)://127.0.0.1:port`. */
  readonly origin: string;
  /** `origin`, or for `dns-failure` one whose name does not resolve. */
  originFor(fault: Fault): string;
  /**
   * From the next request on. `times`: for so many answers, then all is well (not for `refused` and
   * certificates); `match`: for paths that it matches only (query included). `undefined` ends it.
   */
  setFault(fault: Fault | undefined, options?: FaultOptions): Promise<void>;
  /** What was asked for, oldest first, and what it got. */
  readonly log: readonly ProxiedRequest[];
  /** How many are open to it now. */
  readonly connections: number;
  close(): Promise<void>;
}

export interface FaultOptions {
  readonly times?: number;
  readonly match?: RegExp;
}

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Absent if the answer passed through. */
  readonly fault?: Fault;
}

export interface FaultProxyOptions {
  /** Origin of the real server, http or https. */
  readonly upstream: string;
  /** To speak TLS, and to trust the real server with. Without it, plain http. */
  readonly certificates?: TestCertificates;
}

/** Starts one on a free port of loopback. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { certificates } = options;
  const log: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  let current: { readonly fault: Fault; left: number; readonly match: RegExp } | undefined;

  const takeFault = (path: string): Fault | undefined => {
    if (current === undefined || current.left <= 0 || !current.match.test(path)) return undefined;
    current.left -= 1;
    return current.fault;
  };

  const answer: RequestListener = (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const fault = takeFault(url);
    const faulty: FaultyAnswer | undefined = fault && FAULTY_ANSWERS[fault];
    log.push({ method, path: url, headers, ...(fault === undefined ? {} : { fault }) });
    const raw = [...sockets].find((socket) => socket.remotePort === request.socket.remotePort);
    if (raw === undefined) return;
    passOn(request, options, (whole) => {
      if (response.destroyed) return;
      if (faulty === undefined) sendWhole(response, whole, method);
      else faulty({ whole, path: url, response, stream: request.socket, raw });
    }).catch(() => raw.destroy());
  };
  const http = createServer({ keepAliveTimeout: 60_000 }, answer);

  const server = createTcpServer((socket) => {
    sockets.add(socket.setNoDelay());
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    if (certificates === undefined) return void http.emit('connection', socket);
    const name = current && certificateFault(current.fault);
    const secureContext = createSecureContext({ ...certificates[name ?? 'good'] });
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => socket.destroy());
    http.emit('connection', secure);
  });
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(at, '127.0.0.1', resolve);
    });
  const shut = async () => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  const scheme = certificates === undefined ? 'http' : 'https';
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    originFor: (fault) =>
      `${scheme}://${fault === 'dns-failure' ? 'nowhere.invalid' : '127.0.0.1'}:${port}`,
    async setFault(fault, { times, match = /^/ } = {}) {
      if (fault !== undefined && fault in CERTIFICATE_FAULTS && certificates === undefined)
        throw new Error(`${fault} needs certificates`);
      // Once is what its name says.
      const left = fault === '500-then-fine' ? 1 : (times ?? Infinity);
      current = fault === undefined ? undefined : { fault, left, match };
      // Kept connections would not meet another certificate.
      if (fault !== undefined && fault in CERTIFICATE_FAULTS) http.closeIdleConnections();
      if (fault === 'refused') await shut();
      else if (!server.listening) await listen(port);
    },
    log,
    get connections() {
      return sockets.size;
    },
    close: shut,
    [Symbol.asyncDispose]: shut,
  };
}

function certificateFault(fault: Fault) {
  return Object.entries(CERTIFICATE_FAULTS).find(([name]) => name === fault)?.[1];
}

/** Asks the real server the same, and waits for the whole answer: objects of tests are small. */
async function passOn(
  request: IncomingMessage,
  { upstream, certificates }: FaultProxyOptions,
  use: (whole: WholeAnswer) => void,
): Promise<void> {
  const ask = upstream.startsWith('https:') ? httpsRequest : httpRequest;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const passed = ask(new URL(request.url ?? '/', upstream), {
      method: request.method,
      headers: request.headers,
      ca: certificates?.ca,
      agent: false,
    });
    passed.on('response', resolve).on('error', reject);
    request.pipe(passed);
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer as AsyncIterable<Uint8Array>) chunks.push(chunk);
  use({ status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) });
}

function sendWhole(response: ServerResponse, whole: WholeAnswer, method: string): void {
  const { connection: _connection, 'transfer-encoding': chunked, ...headers } = whole.headers;
  const length =
    chunked === undefined || method === 'HEAD' ? {} : { 'content-length': whole.body.length };
  response.writeHead(whole.status, { ...headers, ...length }).end(whole.body);
}
