import { ok, type Failure } from '#shared';
import type { Fetched, Fetcher, FetchRequest } from '../../../update/sources/fetcher-port.ts';

/** One fetch under way, in the hands of a test. */
export interface ScriptedFetch {
  readonly url: string;
  readonly request: FetchRequest;
  /** Sends a part, the first time with its announcement. */
  send(bytes: Uint8Array, total?: number): Promise<void>;
  /** Sends all of these bytes and ends well. */
  complete(bytes: Uint8Array): Promise<void>;
  fail(failure: Failure): void;
}

/** A fetcher that does nothing by itself, but gives up when the signal says so, if it does not linger. */
export interface ScriptedFetcher extends Fetcher {
  /** The n-th fetch from the start, from 0, as soon as there is one. */
  started(n: number): Promise<ScriptedFetch>;
  readonly urls: readonly string[];
  /** How many are under way, now and at most. */
  readonly running: number;
  readonly most: number;
}

export function scriptedFetcher({ lingers = false } = {}): ScriptedFetcher {
  const fetches: ScriptedFetch[] = [];
  let wake: (() => void)[] = [];
  let running = 0;
  let most = 0;
  return {
    fetch: async (request) => {
      running += 1;
      most = Math.max(most, running);
      try {
        return await new Promise((resolve) => {
          fetches.push(scriptedFetch(request, resolve, lingers));
          for (const call of wake) call();
          wake = [];
        });
      } finally {
        running -= 1;
      }
    },
    started: async (n) => {
      for (;;) {
        const fetch = fetches[n];
        if (fetch !== undefined) return fetch;
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    },
    get urls() {
      return fetches.map(({ url }) => url);
    },
    get running() {
      return running;
    },
    get most() {
      return most;
    },
  };
}

function scriptedFetch(
  request: FetchRequest,
  end: (result: Awaited<ReturnType<Fetcher['fetch']>>) => void,
  lingers: boolean,
): ScriptedFetch {
  const { place, sink, signal, onProgress } = request;
  let sent = 0;
  const fail = (failure: Failure): void => end({ ok: false, failure });
  const giveUp = (): void => fail({ code: 'update/timeout', message: 'given up' });
  if (!lingers) signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  const send = async (bytes: Uint8Array, total = bytes.length): Promise<void> => {
    if (sent === 0) await sink.begin({ total, tag: '"tag"' });
    await sink.write(bytes);
    sent += bytes.length;
    onProgress?.(sent, total);
  };
  return {
    url: place.kind === 'https' ? place.url : place.kind,
    request,
    send,
    complete: async (bytes) => {
      await send(bytes);
      const fetched: Fetched = { kind: 'fetched', bytes: sent, tag: '"tag"' };
      end(ok(fetched));
    },
    fail,
  };
}
