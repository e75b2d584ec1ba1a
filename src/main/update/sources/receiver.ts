import type { Failure } from '#shared';
import type { Fetched, FetchRequest } from './fetcher-port.ts';
import { BodyError, type Attempt, type OpenAnswer, type OpenRequest } from './object-source.ts';
import type { TransferWatch, Watched } from './transfer-watch.ts';

type Body = Extract<OpenAnswer, { readonly kind: 'body' }>;

/** Passes the bodies of one transfer's attempts on to its sink, so that they make one object. */
export interface Receiver {
  /** What the next attempt is to ask for: not what is there already. */
  condition(): Pick<OpenRequest, 'from' | 'unlessTag'>;
  /** Takes a body to its end. Rejects only if the sink does. */
  receive(answer: Body): Promise<Attempt<Fetched>>;
}

/** What the sink holds. */
interface Held {
  readonly bytes: number;
  readonly tag?: string;
  readonly total?: number;
}

const NOTHING: Held = { bytes: 0 };

/** Starts with what the sink holds from before. */
export function createReceiver(options: {
  readonly request: FetchRequest;
  /** The place in words. */
  readonly where: string;
  readonly watch: TransferWatch;
  readonly stallMs: number;
}): Receiver {
  const { request, where, watch, stallMs } = options;
  const { sink, maxBytes, onProgress } = request;
  let held: Held = sink.held ?? NOTHING;
  let isTouched = false;

  /** Makes the sink ready for the body. What is wrong with it, if it does not fit what is there. */
  const begin = async (answer: Body): Promise<Attempt<never> | undefined> => {
    const { offset, tag, total } = answer;
    if (total !== undefined && total > maxBytes) return tooLarge(where, maxBytes);
    const announced = {
      ...(total === undefined ? {} : { total }),
      ...(tag === undefined ? {} : { tag }),
    };
    isTouched = true;
    if (offset === 0) {
      held = { bytes: 0, ...announced };
      await sink.begin(announced);
    } else if (continues(held, answer)) {
      held = { ...held, ...announced };
    } else {
      held = NOTHING;
      return invalid(`${where} was changed while it was fetched.`, true);
    }
    onProgress?.(held.bytes, held.total);
    return undefined;
  };

  /** What is wrong with the object if this chunk is part of it. */
  const misfit = (chunk: Uint8Array): Attempt<never> | undefined => {
    const bytes = held.bytes + chunk.length;
    if (bytes > maxBytes) return tooLarge(where, maxBytes);
    if (held.total !== undefined && bytes > held.total)
      return invalid(`${where} goes on after the ${held.total} bytes that it announced.`, false);
    return undefined;
  };

  const finish = (): Attempt<Fetched> => {
    const { bytes, total, tag } = held;
    if (total !== undefined && bytes < total)
      return invalid(
        `${where} ended after ${bytes} of the ${total} bytes that it announced.`,
        true,
      );
    return { ok: true, value: { kind: 'fetched', bytes, ...(tag === undefined ? {} : { tag }) } };
  };

  const next = async (chunks: AsyncIterator<Uint8Array>) => {
    try {
      return await watch.within(chunks.next(), stallMs);
    } catch (thrown) {
      if (thrown instanceof BodyError) return thrown;
      throw thrown;
    }
  };

  const drain = async (chunks: AsyncIterator<Uint8Array>): Promise<Attempt<Fetched>> => {
    for (;;) {
      const read: Watched<IteratorResult<Uint8Array, unknown>> | BodyError = await next(chunks);
      if (read instanceof BodyError)
        return { ok: false, failure: read.failure, mayPass: read.mayPass };
      if (read === 'over' || read === 'late') return silent(where, stallMs);
      if (read.value.done === true) return finish();
      const chunk = read.value.value;
      const wrong = misfit(chunk);
      if (wrong !== undefined) return wrong;
      if (chunk.length === 0) continue;
      await sink.write(chunk);
      held = { ...held, bytes: held.bytes + chunk.length };
      onProgress?.(held.bytes, held.total);
    }
  };

  return {
    condition: () => {
      // An answer that nothing has changed would leave the sink with half of something.
      const unlessTag = isTouched ? undefined : request.unlessTag;
      const from = resumable(held, maxBytes);
      return { ...(unlessTag === undefined ? {} : { unlessTag }), ...(from && { from }) };
    },
    receive: async (answer) => {
      const wrong = await begin(answer);
      if (wrong !== undefined) return wrong;
      const chunks = answer.body[Symbol.asyncIterator]();
      try {
        return await drain(chunks);
      } finally {
        // Not waited for: behind a read that hangs, it would hang as well.
        void Promise.resolve(chunks.return?.()).catch(() => undefined);
      }
    },
  };
}

/** Weak tags do not promise the same bytes (RFC 9110 13.1.5), so nothing is joined by them. */
function resumable({ bytes, tag }: Held, maxBytes: number): OpenRequest['from'] {
  if (bytes === 0 || bytes > maxBytes || tag === undefined || tag.startsWith('W/'))
    return undefined;
  return { bytes, tag };
}

function continues(held: Held, { offset, tag, total }: Body): boolean {
  return (
    offset === held.bytes &&
    (tag === undefined || tag === held.tag) &&
    (total === undefined || (total >= offset && total === (held.total ?? total)))
  );
}

function silent(where: string, stallMs: number): Attempt<never> {
  const message = `Nothing has come from ${where} for ${stallMs / 1_000} seconds.`;
  return { ok: false, failure: { code: 'update/timeout', message }, mayPass: true };
}

function tooLarge(where: string, maxBytes: number): Attempt<never> {
  const failure: Failure = {
    code: 'update/too-large',
    message: `${where} is over the limit of ${maxBytes} bytes.`,
  };
  return { ok: false, failure, mayPass: false };
}

function invalid(message: string, mayPass: boolean): Attempt<never> {
  return { ok: false, failure: { code: 'update/invalid', message }, mayPass };
}
