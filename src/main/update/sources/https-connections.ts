import type { Dispatcher, request } from 'undici';
import type { FailedAttempt } from './http-failures.ts';
import { secureContextWith } from './secure-context.ts';

export interface WebOptions {
  /** PEM text of authorities that are trusted beside the system's. */
  readonly ca?: string | undefined;
  /**
   * How long a connection may take to come about, in milliseconds. It cannot be called off: one that
   * nobody waits for any more lives on for so long. Default 10,000.
   */
  readonly connectMs?: number;
}

/** The library, and the connections that it keeps. */
export interface Web {
  readonly request: typeof request;
  readonly dispatcher: Dispatcher;
}

/** What the library knows to go by way of. */
const PROXIES: readonly string[] = ['http:', 'https:', 'socks:', 'socks5:'];

/** Loads the library, which takes 50 ms that start-up has no use for. */
export async function connectToWeb(options: WebOptions): Promise<Web | FailedAttempt> {
  const { Agent, EnvHttpProxyAgent, request } = await import('undici');
  const { ca, connectMs = 10_000 } = options;
  const tls = {
    timeout: connectMs,
    ...(ca === undefined ? {} : { secureContext: secureContextWith(ca) }),
  };
  // The fetcher keeps the time of answers and bodies.
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  const proxy = process.env.https_proxy ?? process.env.HTTPS_PROXY ?? '';
  if (proxy === '') return { request, dispatcher: new Agent({ ...limits, connect: tls }) };
  // Not shown: it may hold somebody's password.
  if (!URL.canParse(proxy) || !PROXIES.includes(new URL(proxy).protocol)) {
    const message = 'HTTPS_PROXY of the environment is no address of a proxy.';
    const hint = 'Write it as http://host:port.';
    return { ok: false, failure: { code: 'update/unreachable', message, hint }, mayPass: false };
  }
  const ways = { connect: tls, requestTls: tls, proxyTls: tls };
  return { request, dispatcher: new EnvHttpProxyAgent({ ...limits, ...ways }) };
}
