import { fail, ok, type Failure, type Result } from '#shared';
import { backoffMs, type BackoffLimits } from '../../backoff.ts';
import type { Timer } from '../../clock.ts';
import type { Fetched, Fetcher, FetchRequest } from './fetcher-port.ts';
import type { Attempt, ObjectSource, OpenAnswer, OpenRequest } from './object-source.ts';
import type { FilePlace, HttpsPlace, Place, S3Place } from './place.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { describePlace } from './resolve-place.ts';
import { watchTransfer, type TransferWatch } from './transfer-watch.ts';

export interface FetcherOptions {
  /** A kind of place without a source is `update/unsupported-source`. */
  readonly sources: {
    readonly file?: ObjectSource<FilePlace>;
    readonly s3?: ObjectSource<S3Place>;
    readonly https?: ObjectSource<HttpsPlace>;
  };
  readonly limits: TransferLimits;
  readonly clock: Timer;
  /** Gives 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** Of each single transfer. Times are in milliseconds. */
export interface TransferLimits {
  /** Until the head of an answer is there, each time. */
  readonly connectMs: number;
  /** Without a single byte. */
  readonly stallMs: number;
  /** In all, retries and their waits included. */
  readonly totalMs: number;
  /** Further attempts after one that may pass. */
  readonly retries: number;
}

/** Between attempts: somebody is looking at a progress bar. */
const BACKOFF: BackoffLimits = { baseMs: 200, capMs: 5_000 };

/**
 * Joins the sources under the one policy that `Fetcher` describes. All three limits of time are
 * `update/timeout`; a limit on connecting or on silence may pass, so it is tried again.
 */
export function createFetcher(options: FetcherOptions): Fetcher {
  return {
    fetch: async (request) => {
      const { place, signal } = request;
      const where = describePlace(place);
      const open = openerOf(options.sources, place);
      if (open === undefined) return fail(unsupported(where));
      const { clock, limits } = options;
      const watch = watchTransfer({ clock, signal, totalMs: limits.totalMs });
      try {
        return await tryAgain({ options, request, where, open, watch });
      } finally {
        watch.dispose();
      }
    },
  };
}

type Open = (request: Omit<OpenRequest, 'place'>) => Promise<Attempt<OpenAnswer>>;

function openerOf(sources: FetcherOptions['sources'], place: Place): Open | undefined {
  const { file, s3, https } = sources;
  switch (place.kind) {
    case 'file':
      return file && ((request) => file.open({ ...request, place }));
    case 's3':
      return s3 && ((request) => s3.open({ ...request, place }));
    case 'https':
      return https && ((request) => https.open({ ...request, place }));
  }
}

interface Transfer {
  readonly options: FetcherOptions;
  readonly request: FetchRequest;
  readonly where: string;
  readonly open: Open;
  readonly watch: TransferWatch;
}

async function tryAgain(transfer: Transfer): Promise<Result<Fetched>> {
  const { options, request, where, watch } = transfer;
  const { limits, random } = options;
  const receiver = createReceiver({ request, where, watch, stallMs: limits.stallMs });
  for (let failures = 1; watch.ended() === undefined; failures += 1) {
    const attempt = await tryOnce(transfer, receiver);
    if (attempt.ok) return ok(attempt.value);
    // What a source says of being cut off is not the reason.
    if (watch.ended() !== undefined) break;
    if (!attempt.mayPass || failures > limits.retries) return fail(attempt.failure);
    await watch.pause(backoffMs(failures, random, BACKOFF));
  }
  const seconds = limits.totalMs / 1_000;
  return watch.ended() === 'cancelled'
    ? fail({ code: 'update/timeout', message: `Fetching ${where} was given up.` })
    : fail({ code: 'update/timeout', message: `${where} has not come within ${seconds} seconds.` });
}

async function tryOnce(transfer: Transfer, receiver: Receiver): Promise<Attempt<Fetched>> {
  const { options, request, where, open, watch } = transfer;
  // However the attempt ends, nobody wants more of it: a body may not even have been begun.
  const attempt = new AbortController();
  try {
    const opening = open({
      maxBytes: request.maxBytes,
      signal: attempt.signal,
      ...receiver.condition(),
    });
    const { connectMs } = options.limits;
    const opened = await watch.within(opening, connectMs);
    if (opened === 'over' || opened === 'late') {
      const message = `${where} has not answered within ${connectMs / 1_000} seconds.`;
      return { ok: false, failure: { code: 'update/timeout', message }, mayPass: true };
    }
    if (!opened.value.ok) return opened.value;
    const answer = opened.value.value;
    if (answer.kind === 'unchanged') return { ok: true, value: { kind: 'unchanged' } };
    return await receiver.receive(answer);
  } finally {
    attempt.abort();
  }
}

function unsupported(where: string): Failure {
  const message = `${where} is a kind of place that this device has no source for.`;
  return { code: 'update/unsupported-source', message };
}
