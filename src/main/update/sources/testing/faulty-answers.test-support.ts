import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Fault } from './faults.test-support.ts';

/** What the real server answered. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface Spoiling {
  readonly whole: WholeAnswer;
  /** As it was asked for. */
  readonly path: string;
  readonly response: ServerResponse;
  /** What HTTP is spoken over, the secure one with TLS, to write to past the library. */
  readonly stream: Socket;
  /** The TCP connection below. */
  readonly raw: Socket;
}

/** Sends a spoiled answer. */
export type FaultyAnswer = (spoiling: Spoiling) => void;

/** How often a slow server sends a byte, in milliseconds. */
const DRIP_MS = 20;
/** Long enough for a few packets on loopback, in milliseconds. */
const FLIGHT_MS = 30;
const TEBIBYTE = 2 ** 40;
const SIGN_IN = '<!doctype html><title>Sign in</title><p>Welcome to our guest network.</p>\n';

/** One for each fault of an answer; those of connections are the proxy's own. */
export const FAULTY_ANSWERS: { readonly [fault in Fault]?: FaultyAnswer } = {
  'reset-mid-body': ({ whole, stream, raw }) => {
    stream.write(headOf(whole, whole.body.length));
    stream.write(firstHalf(whole.body), () => {
      // A reset overtakes what is still under way, and the half is to arrive first.
      setTimeout(() => raw.resetAndDestroy(), FLIGHT_MS);
    });
  },
  'stalled-head': () => undefined,
  'stalled-body': ({ whole, stream }) => {
    stream.write(headOf(whole, whole.body.length));
    stream.write(firstHalf(whole.body));
  },
  'slow-drip': ({ whole, stream }) => {
    // However small the object is: the drip outlasts every limit of a test.
    stream.write(headOf(whole, Math.max(whole.body.length, 100_000)));
    const dripping = setInterval(() => stream.write('.'), DRIP_MS);
    stream.on('close', () => clearInterval(dripping));
  },
  truncated: ({ whole, stream }) => {
    stream.write(headOf(whole, whole.body.length));
    stream.end(firstHalf(whole.body));
  },
  'truncated-chunked': ({ whole, stream }) => {
    const half = firstHalf(whole.body);
    stream.write(headOf(whole, 'chunked'));
    stream.write(`${half.length.toString(16)}\r\n`);
    stream.write(half);
    stream.end('\r\n');
  },
  'wrong-length': ({ whole, stream }) => {
    stream.write(headOf(whole, firstHalf(whole.body).length));
    stream.end(whole.body);
  },
  '403': ({ response }) => void response.writeHead(403).end('no'),
  '404': ({ response }) => void response.writeHead(404).end('no'),
  '500': ({ response }) => void response.writeHead(500).end('no'),
  '500-then-fine': ({ response }) => void response.writeHead(500).end('no'),
  'redirect-loop': ({ response, path }) => void response.writeHead(302, { location: path }).end(),
  garbage: ({ stream }) => void stream.end('\u0001\u0002 this is no HTTP \u0003\r\n\r\n'),
  'too-large-announced': ({ whole, stream }) => {
    stream.write(headOf(whole, TEBIBYTE));
    stream.write(whole.body);
  },
  'too-large-endless': ({ whole, response }) => {
    const { 'content-length': _length, connection: _connection, ...headers } = whole.headers;
    response.writeHead(200, headers);
    const chunk = Buffer.alloc(64 * 1024, 'endless ');
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour);
    pour();
  },
  'captive-portal': ({ response }) =>
    void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(SIGN_IN),
};

function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** The real head with another length, as bytes: the library would not let one lie. */
function headOf(whole: WholeAnswer, length: number | 'chunked'): string {
  const dropped = ['content-length', 'transfer-encoding', 'connection'];
  const kept = Object.entries(whole.headers).filter(([name]) => !dropped.includes(name));
  const lines = [
    `HTTP/1.1 ${String(whole.status)} Spoiled`,
    ...kept.map(([name, value]) => `${name}: ${String(value)}`),
    length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${String(length)}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
