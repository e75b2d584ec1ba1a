import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '#shared';
import { fetchBytes } from '../sources/fetch-bytes.ts';
import type { Fetcher } from '../sources/fetcher-port.ts';
import type { Place } from '../sources/place.ts';
import { below, describePlace } from '../sources/resolve-place.ts';
import type { TrustedTarget } from './trust-port.ts';

/**
 * Fetches a target into memory, and takes it only if it is what was signed. Failures: those of
 * `Fetcher`, and `update/untrusted` for another length or digest.
 */
export async function fetchTarget(
  fetcher: Fetcher,
  request: {
    readonly folder: Place;
    readonly target: TrustedTarget;
    readonly signal: AbortSignal;
    readonly onProgress?: (done: number, total?: number) => void;
  },
): Promise<Result<Uint8Array>> {
  const { folder, target, signal, onProgress = () => undefined } = request;
  const place = below(folder, ...target.file.split('/'));
  const fetched = await fetchBytes(fetcher, { place, maxBytes: target.length, signal, onProgress });
  if (!fetched.ok) {
    // More bytes than were signed: that is another file, not a limit that somebody might raise.
    return fetched.failure.code === 'update/too-large' ? swapped(place) : fetched;
  }
  const bytes = fetched.value.kind === 'fetched' ? fetched.value.bytes : new Uint8Array();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return sha256 === target.sha256 ? ok(bytes) : swapped(place);
}

function swapped(place: Place): Result<never> {
  return fail({
    code: 'update/untrusted',
    message: `${describePlace(place)} is not the file that was signed.`,
    hint: 'Publish again: somebody, or a copy that went wrong, has changed it since.',
  });
}
