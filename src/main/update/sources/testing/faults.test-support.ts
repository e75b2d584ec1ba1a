import type { ErrorCode } from '#shared';

/**
 * What can go wrong on the wire, and the code that a fetch ends with if it goes on going wrong, from
 * every source that speaks HTTP. `undefined`: HTTP cannot tell; the bytes are wrong, and whoever
 * fetched them has to see that.
 */
export const FAULT_CODES = {
  /** Nothing listens. */
  refused: 'update/unreachable',
  /** Half the body, then a reset. */
  'reset-mid-body': 'update/unreachable',
  /** The request is taken and never answered. */
  'stalled-head': 'update/timeout',
  /** Half the body, then silence on an open connection. */
  'stalled-body': 'update/timeout',
  /** A byte at a time, never silent for long, for hours. */
  'slow-drip': 'update/timeout',
  /** Half of the announced body, then a proper end of the connection. */
  truncated: 'update/unreachable',
  /** The same without an announced length, in a chunked body without its end. */
  'truncated-chunked': 'update/unreachable',
  /** Announces half of what it sends. */
  'wrong-length': undefined,
  '403': 'update/denied',
  '404': 'update/not-found',
  '500': 'update/unreachable',
  /** One 500, and then all is well. */
  '500-then-fine': undefined,
  'redirect-loop': 'update/unreachable',
  /** Not HTTP at all. */
  garbage: 'update/invalid',
  /** Announces a tebibyte. */
  'too-large-announced': 'update/too-large',
  /** Announces nothing and never ends. */
  'too-large-endless': 'update/too-large',
  /** Status 200 and a page that asks to sign in. */
  'captive-portal': 'update/invalid',
  'expired-certificate': 'update/unreachable',
  'wrong-certificate': 'update/unreachable',
  'unknown-authority': 'update/unreachable',
  /** A name that nobody knows: not on the wire, take `originFor`. */
  'dns-failure': 'update/unreachable',
} as const satisfies { readonly [fault: string]: ErrorCode | undefined };

export type Fault = keyof typeof FAULT_CODES;

/** Faults of the connection rather than of one answer: they last until another is set, for all paths. */
export const CERTIFICATE_FAULTS = {
  'expired-certificate': 'expired',
  'wrong-certificate': 'wrongHost',
  'unknown-authority': 'otherAuthority',
} as const;

/** All of them, or those that a server without TLS can have. */
export function faultNames(over: 'http' | 'https'): readonly Fault[] {
  return Object.keys(FAULT_CODES).filter(
    (fault): fault is Fault => over === 'https' || !(fault in CERTIFICATE_FAULTS),
  );
}
