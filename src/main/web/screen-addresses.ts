import { createHmac } from 'node:crypto';
import { sameSecret } from '../http/bearer.ts';

/** Names the origins of plugin screens, and knows them again. */
export interface ScreenAddresses {
  /** The part of a host name that stands for a route; the same for one start. */
  label(route: string): string;
  /** First segment of every path of a screen: whoever was not handed it gets nothing. */
  capability(route: string): string;
  /** Is this path segment the capability of that route? */
  admits(route: string, segment: string): boolean;
}

/**
 * A page has no token on the origin of a plugin, and must not have one: the plugin would have it
 * too. So each route gets an unguessable path of its own, derived from the start's token.
 */
export function screenAddresses(token: string): ScreenAddresses {
  const derive = (use: string, route: string) =>
    createHmac('sha256', token).update(`${use}:${route}`).digest();
  const capability = (route: string) => derive('screen', route).toString('base64url');
  return {
    // A route may hold what a host name may not: `_`, a hyphen at its end, a punycode prefix, 200
    // characters. It then goes by a name that no other plugin can choose.
    label: (route) =>
      isHostLabel(route) ? route : `x${derive('label', route).toString('hex').slice(0, 32)}`,
    capability,
    admits: (route, segment) => sameSecret(segment, capability(route)),
  };
}

function isHostLabel(route: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(route) && !route.startsWith('xn--');
}
