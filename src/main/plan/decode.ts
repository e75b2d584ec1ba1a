import type { Diagnostic } from '#shared';
import { toDiagnostic, type Place } from './finding.ts';

/** Largest plan file, in bytes: 1 MiB (plan contract, section 2). */
export const MAX_PLAN_BYTES = 1024 * 1024;

/** Text, or the one finding that says why there is none. */
export type Decoded =
  | { readonly text: string; readonly diagnostic?: never }
  | { readonly text?: never; readonly diagnostic: Diagnostic };

// `TextDecoder` is in every host this runs in, but belongs to the DOM's types and to Node's, and pure
// code is compiled with neither. This is the part of it that is used.
interface Utf8Decoder {
  decode(bytes: Uint8Array, options?: { readonly stream: boolean }): string;
}
const host = globalThis as unknown as {
  readonly TextDecoder: new (label: 'utf-8', options: { readonly fatal: boolean }) => Utf8Decoder;
};

/** Bytes to text: within the size limit, strict UTF-8, a byte order mark left out. Never throws. */
export function decodePlan(bytes: Uint8Array): Decoded {
  if (bytes.length > MAX_PLAN_BYTES) {
    const message = `the file has ${sizeText(bytes.length)}; a plan has at most 1 MiB (${MAX_PLAN_BYTES} bytes)`;
    return whole({ rule: 'plan/too-large', message }, { line: 1, column: 1 });
  }
  const text = decode(bytes);
  if (text !== undefined) return { text };
  const offset = firstBadByte(bytes);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
  return whole(
    {
      rule: 'plan/not-utf8',
      message: `the file is not UTF-8 text: byte ${offset} (0x${byte}) does not belong there`,
      hint: 'Save the file as UTF-8.',
    },
    placeAfter(decode(bytes.subarray(0, offset)) ?? ''),
  );
}

// The true size of a file that was read only up to the limit is not known, hence "over".
function sizeText(length: number): string {
  return length === MAX_PLAN_BYTES + 1 ? 'over 1 MiB' : `${length} bytes`;
}

function whole(
  finding: {
    readonly rule: 'plan/too-large' | 'plan/not-utf8';
    readonly message: string;
    readonly hint?: string;
  },
  place: Place,
): Decoded {
  return { diagnostic: toDiagnostic({ ...finding, path: [] }, place) };
}

function decode(bytes: Uint8Array, stream = false): string | undefined {
  try {
    return new host.TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
  } catch {
    // The one thing that decoding throws for is the one thing that is asked here.
    return undefined;
  }
}

/** The length of the longest start that is (the start of) valid UTF-8, by halving. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (decode(bytes.subarray(0, middle), true) === undefined) bad = middle;
    else good = middle;
  }
  // Streaming forgives a character that is cut off, so step back to where that one began.
  while (good > 0 && decode(bytes.subarray(0, good)) === undefined) good--;
  return good;
}

/** The place right after `text`. */
function placeAfter(text: string): Place {
  const lines = text.split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
