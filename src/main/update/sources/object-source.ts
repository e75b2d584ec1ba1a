import type { Failure } from '#shared';
import type { Place } from './place.ts';

/** One kind of place. Makes single attempts; the policy around them is the fetcher's. */
export interface ObjectSource<P extends Place = Place> {
  /**
   * Asks once. Connecting and waiting for the head of the answer end with the signal, and so does the
   * body, begun or not: the signal says so at the end of each attempt, a complete one too.
   */
  open(request: OpenRequest<P>): Promise<Attempt<OpenAnswer>>;
}

export interface OpenRequest<P extends Place = Place> {
  readonly place: P;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly unlessTag?: string;
  /** Wanted from this byte on, if the object still has the tag; else from its beginning. */
  readonly from?: { readonly bytes: number; readonly tag: string };
}

export type OpenAnswer =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'body';
      /** Where the body begins in the object: `from.bytes`, or 0. */
      readonly offset: number;
      /** Size of the whole object, where the source says so. */
      readonly total?: number;
      readonly tag?: string;
      /** Ends normally only if all that was announced has come; else throws a `BodyError`. */
      readonly body: AsyncIterable<Uint8Array>;
    };

/** What one attempt came to. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  /** `mayPass`: is it worth trying again? */
  | { readonly ok: false; readonly failure: Failure; readonly mayPass: boolean };

/** A body that broke off. The one exception that sources throw on purpose, since iteration has no results. */
export class BodyError extends Error {
  readonly failure: Failure;
  readonly mayPass: boolean;

  constructor(failure: Failure, mayPass: boolean) {
    super(failure.message);
    this.name = 'BodyError';
    this.failure = failure;
    this.mayPass = mayPass;
  }
}
