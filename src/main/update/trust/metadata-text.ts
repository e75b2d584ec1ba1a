import * as v from 'valibot';
import { parseJson } from '../../state/parse-json.ts';
import type { TufStore } from './tuf-library.ts';

const signedSchema = v.object({ signed: v.object({ version: v.number(), expires: v.string() }) });

/** What a metadata file says of itself, verified or not. */
export function readSigned(
  content: string | Uint8Array,
): { readonly version: number; readonly expires: string } | undefined {
  const parsed = v.safeParse(signedSchema, parseJson(content));
  return parsed.success ? parsed.output.signed : undefined;
}

/** The text of verified bytes. What is no UTF-8 cannot come back the same, and is fetched again. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Written by our publisher into the signed part; whoever publishes otherwise leaves the floor alone. */
const SIGNED_AT = 'x-firstlight-signed-at';

/** When the timestamp in the store was signed, in Unix milliseconds, if it says so. */
export function signedTimeOf({ timestamp }: TufStore): number | undefined {
  const value = timestamp?.signed.unrecognizedFields[SIGNED_AT];
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
  const time = isTime ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
