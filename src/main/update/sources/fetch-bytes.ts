import { ok, type Result } from '#shared';
import type { Fetcher, FetchRequest } from './fetcher-port.ts';

/** A small object, whole. */
export type FetchedBytes =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly tag?: string };

/** Fetches an object into memory: plans and metadata. Failures: those of `Fetcher`. */
export async function fetchBytes(
  fetcher: Fetcher,
  request: Omit<FetchRequest, 'sink'>,
): Promise<Result<FetchedBytes>> {
  const chunks: Uint8Array[] = [];
  const fetched = await fetcher.fetch({
    ...request,
    sink: {
      begin: () => {
        chunks.length = 0;
        return Promise.resolve();
      },
      write: (chunk) => {
        chunks.push(chunk);
        return Promise.resolve();
      },
    },
  });
  if (!fetched.ok) return fetched;
  if (fetched.value.kind === 'unchanged') return ok({ kind: 'unchanged' });
  const { tag } = fetched.value;
  return ok({
    kind: 'fetched',
    bytes: Buffer.concat(chunks),
    ...(tag === undefined ? {} : { tag }),
  });
}
