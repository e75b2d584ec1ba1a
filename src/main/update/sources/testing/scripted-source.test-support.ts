import { SimulatedClock } from '../../../clock.ts';
import { BodyError, type Attempt, type ObjectSource, type OpenRequest } from '../object-source.ts';
import type { HttpsPlace } from '../place.ts';

/** What an object is before an attempt, and what comes of the attempt. */
export interface ScriptedAnswer {
  readonly bytes: Uint8Array;
  readonly tag?: string;
  /** Default: the size of `bytes`. */
  readonly announces?: number | 'nothing';
  /** Bytes per chunk. Default: all at once. */
  readonly chunk?: number;
  /** Goes wrong after so many bytes of the object, if they are sent in this attempt. */
  readonly after?: number;
  /** `ends`: as if that were all. Default: nothing goes wrong. */
  readonly how?: 'cut' | 'hangs' | 'ends';
  /** Answers with this part whatever was asked for. */
  readonly offset?: number;
}

export type Step =
  ScriptedAnswer | 'hangs' | 'unchanged' | Extract<Attempt<never>, { readonly ok: false }> | Error;

/** A source that does what it is told, in microtasks. The last step is repeated. */
export interface ScriptedSource extends ObjectSource<HttpsPlace> {
  readonly requests: readonly OpenRequest<HttpsPlace>[];
  /** Bodies that were returned and have not been closed, or read to their end. */
  readonly openBodies: number;
}

/** Makes one for one test. */
export function scriptedSource(...steps: readonly Step[]): ScriptedSource {
  const requests: OpenRequest<HttpsPlace>[] = [];
  let openBodies = 0;
  return {
    requests,
    get openBodies() {
      return openBodies;
    },
    open: (request) => {
      requests.push(request);
      const step = steps[Math.min(requests.length, steps.length) - 1];
      if (step === undefined || step === 'hangs') return never();
      if (step === 'unchanged') return Promise.resolve({ ok: true, value: { kind: 'unchanged' } });
      if (step instanceof Error) return Promise.reject(step);
      if ('failure' in step) return Promise.resolve(step);
      openBodies += 1;
      return Promise.resolve(answerTo(request, step, () => (openBodies -= 1)));
    },
  };
}

function answerTo(request: OpenRequest<HttpsPlace>, step: ScriptedAnswer, onClose: () => void) {
  const { bytes, tag, announces = bytes.length } = step;
  const asked = request.from !== undefined && request.from.tag === tag ? request.from.bytes : 0;
  const offset = step.offset ?? asked;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) onClose();
    isOpen = false;
  };
  request.signal.addEventListener('abort', close);
  return {
    ok: true,
    value: {
      kind: 'body',
      offset,
      ...(announces === 'nothing' ? {} : { total: announces }),
      ...(tag === undefined ? {} : { tag }),
      body: { [Symbol.asyncIterator]: () => chunksOf(step, offset, close) },
    },
  } as const;
}

function chunksOf(
  { bytes, chunk = bytes.length, after = bytes.length, how }: ScriptedAnswer,
  offset: number,
  close: () => void,
): AsyncIterator<Uint8Array, undefined> {
  let at = offset;
  return {
    next: () => {
      const end = Math.min(at + Math.max(chunk, 1), how === undefined ? bytes.length : after);
      if (at >= end && how === 'hangs') return never();
      if (at >= end && how === 'cut') {
        close();
        return Promise.reject(new BodyError(passing('cut').failure, true));
      }
      if (at >= end) {
        close();
        return Promise.resolve({ done: true, value: undefined });
      }
      const value = bytes.subarray(at, end);
      at = end;
      return Promise.resolve({ done: false, value });
    },
    return: () => {
      close();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

/** A failure that may pass. */
export function passing(message: string) {
  return { ok: false, failure: { code: 'update/unreachable', message }, mayPass: true } as const;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A clock that is only moved on when nothing else is left to do, and tells what that took. */
export function idleClock() {
  const clock = new SimulatedClock(0);
  return {
    clock,
    run: async <T>(work: Promise<T>): Promise<T> => {
      const state = { isOver: false };
      const over = work.finally(() => (state.isOver = true));
      over.catch(() => undefined);
      for (;;) {
        // All that goes on by itself are microtasks.
        await new Promise((resolve) => setImmediate(resolve));
        if (state.isOver) return over;
        if (!clock.advance()) throw new Error('waits for something that never comes');
      }
    },
  };
}
