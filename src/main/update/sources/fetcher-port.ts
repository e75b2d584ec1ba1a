import type { Result } from '#shared';
import type { Place } from './place.ts';

/**
 * Fetches objects from every kind of place under one policy: limits on connecting, on silence and on
 * size while bytes stream in, retries with exponential backoff and full jitter for what may pass,
 * resume where the source can, and an end at once when the signal says so.
 *
 * Failures: `update/unreachable`, `update/not-found`, `update/denied`, `update/timeout`,
 * `update/too-large`, `update/invalid` (not what was announced: cut short, changed meanwhile, a
 * captive portal's page). After an abort the answer no longer matters, and nothing of the work is
 * left.
 */
export interface Fetcher {
  fetch(request: FetchRequest): Promise<Result<Fetched>>;
}

export interface FetchRequest {
  readonly place: Place;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly sink: FetchSink;
  /** A validator from an earlier fetch: the object is not sent again if it still has it. */
  readonly unlessTag?: string;
  /** Bytes that are there so far, held ones included, and in all where the source says so. */
  readonly onProgress?: (done: number, total?: number) => void;
}

export type Fetched =
  /** It still has `unlessTag`; the sink was not touched. */
  | { readonly kind: 'unchanged' }
  /** `tag` (an ETag) where the source gives one. */
  | { readonly kind: 'fetched'; readonly bytes: number; readonly tag?: string };

/** Takes what is fetched, in order. Its rejections are the caller's own and pass through. */
export interface FetchSink {
  /** What an interrupted fetch of this object has left: the fetch goes on there if it can. */
  readonly held?: { readonly bytes: number; readonly tag: string };
  /** Called before the first byte of an answer that begins at 0, each time one does: forget the rest. */
  begin(answer: { readonly total?: number; readonly tag?: string }): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
}
