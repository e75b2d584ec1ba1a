import { timingSafeEqual } from 'node:crypto';

/** Does an `Authorization` header carry the token? */
export function hasBearer(authorization: string | undefined, token: string): boolean {
  const match = /^Bearer ([\w-]+)$/i.exec(authorization ?? '');
  return match?.[1] !== undefined && sameSecret(match[1], token);
}

/** Compares in a time that tells nothing but the length, which is the same at every start. */
export function sameSecret(given: string, secret: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}
