import { sameSecret } from '../http/bearer.ts';
import { FOREIGN_ORIGIN, MISDIRECTED, type Refusal } from '../http/problem.ts';

/** Subprotocol of the bridge; the token goes beside it, since a page can set no headers. */
export const BRIDGE_PROTOCOL = 'firstlight.v1';

/** The parts of a request that decide whether it is let in. */
export interface RequestFacts {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** Whom a request is for: the app's own origin, or the one of a plugin's screen. */
export type Audience =
  { readonly kind: 'app' } | { readonly kind: 'screen'; readonly label: string };

/** Origin of the app on this port. By address: a name could be made to point elsewhere. */
export function appOrigin(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Address of the first page. The token is in the fragment, which no request carries. */
export function pageAddress(port: number, token: string): string {
  return `${appOrigin(port)}/#token=${token}`;
}

/** Origin of a plugin's screen. Chromium takes every `*.localhost` for loopback. */
export function screenOrigin(label: string, port: number): string {
  return `http://${label}.localhost:${port}`;
}

/**
 * Reads `Host` and `Origin`. Only the very names that this server hands out are taken, which ends
 * DNS rebinding; a request that a page of another origin had sent is refused, whatever it holds.
 */
export function audienceOf({ host, origin }: RequestFacts, port: number): Audience | Refusal {
  const audience = audienceOfHost(host, port);
  if (audience === undefined) return MISDIRECTED;
  const own = audience.kind === 'app' ? appOrigin(port) : screenOrigin(audience.label, port);
  if (origin !== undefined && origin !== own) return FOREIGN_ORIGIN;
  return audience;
}

function audienceOfHost(host: string | undefined, port: number): Audience | undefined {
  if (host === `127.0.0.1:${port}`) return { kind: 'app' };
  const suffix = `.localhost:${port}`;
  if (host === undefined || !host.endsWith(suffix)) return undefined;
  const label = host.slice(0, -suffix.length);
  return label === '' || label.includes('.') ? undefined : { kind: 'screen', label };
}

/** Does the list of subprotocols of a WebSocket request carry ours and the token? */
export function hasProtocolToken(protocols: string | undefined, token: string): boolean {
  const offered = (protocols ?? '').split(',').map((protocol) => protocol.trim());
  return (
    offered.includes(BRIDGE_PROTOCOL) &&
    offered.some((each) => each.startsWith('token.') && sameSecret(each.slice(6), token))
  );
}
