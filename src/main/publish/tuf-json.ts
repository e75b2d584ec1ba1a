import { createHash } from 'node:crypto';
import type { Root } from '@tufjs/models';

/** A JSON object as `@tufjs/models` takes it; the library does not name the type. */
export type TufJson = Parameters<typeof Root.fromJSON>[0];

/** Parses the bytes of a metadata file. Throws a `SyntaxError` or `TypeError`, as the library does. */
export function parseTufJson(bytes: Uint8Array): TufJson {
  const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (!isTufJson(json)) throw new TypeError('it holds no JSON object');
  return json;
}

function isTufJson(json: unknown): json is TufJson {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The bytes of a metadata file. Laid out for people: verifiers make their own canonical form. */
export function tufBytes(metadata: { toJSON(): TufJson }): Uint8Array {
  return Buffer.from(`${JSON.stringify(metadata.toJSON(), undefined, 1)}\n`);
}

/** SHA-256 in hex, and length: what TUF says of a file. */
export function fingerprint(bytes: Uint8Array): {
  readonly length: number;
  readonly hashes: Record<string, string>;
} {
  return {
    length: bytes.length,
    hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
  };
}

/** A date as TUF writes it: RFC 3339, UTC, whole seconds. */
export function tufDate(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** When metadata that is signed at `now` expires. */
export function expiryAfter(now: number, days: number): string {
  return tufDate(now + days * MS_PER_DAY);
}

const MS_PER_DAY = 24 * 60 * 60 * 1000;

/** The version of the TUF specification that the metadata keeps to. */
export const SPEC_VERSION = '1.0.31';
