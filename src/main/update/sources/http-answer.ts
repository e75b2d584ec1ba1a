import type { Failure } from '#shared';
import { failureOfStatus, type FailedAttempt } from './http-failures.ts';
import type { OpenRequest } from './object-source.ts';

/** The head of an answer, as any HTTP library has it. Names are in lower case. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** What was asked for, and of whom. */
export interface AskedFor extends Pick<OpenRequest, 'from' | 'unlessTag'> {
  /** The place in words, without credentials. */
  readonly where: string;
  /** What the name of the object ends in tells what it cannot be. */
  readonly path: string;
}

/** What an answer brings. */
export type HttpAnswer =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'redirect'; readonly location: string }
  /** There is no such range (any more): ask for the whole. */
  | { readonly kind: 'no-range' }
  | {
      readonly kind: 'object';
      readonly offset: number;
      readonly total?: number;
      readonly tag?: string;
    }
  | { readonly kind: 'failed'; readonly attempt: FailedAttempt };

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Plans, metadata and archives: a page under such a name is somebody else's. */
const NEVER_A_PAGE = /\.(?:tgz|json|toml)$/i;

/**
 * Reads the head of an answer to a GET (RFC 9110). Pure. What is no answer to the question, or would
 * have to be decoded first, is `update/invalid`: digests are of the bytes as they were published.
 */
export function readAnswer(head: AnswerHead, asked: AskedFor): HttpAnswer {
  const { status } = head;
  const { where, from, unlessTag } = asked;
  const location = field(head, 'location');
  if (REDIRECTS.includes(status) && location !== undefined) return { kind: 'redirect', location };
  if (status === 304 && unlessTag !== undefined) return { kind: 'unchanged' };
  if (status === 416 && from !== undefined) return { kind: 'no-range' };
  const isPart = status === 206 && from !== undefined;
  if (status !== 200 && !isPart) return { kind: 'failed', attempt: failureOfStatus(status, where) };

  const wrong = misfitOf(head, asked);
  if (wrong !== undefined) return invalid(wrong);
  const etag = field(head, 'etag');
  const tag = etag === undefined ? {} : { tag: etag };
  if (!isPart)
    return { kind: 'object', offset: 0, ...sizeOf(field(head, 'content-length')), ...tag };
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(field(head, 'content-range') ?? '');
  if (range === null || Number(range[1]) !== from.bytes)
    return invalid({ message: `${where} answered with another part than was asked for.` });
  return { kind: 'object', offset: from.bytes, ...sizeOf(range[2]), ...tag };
}

function misfitOf(head: AnswerHead, { where, path }: AskedFor): Misfit | undefined {
  const encoding = field(head, 'content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    return {
      message: `${where} comes with the content encoding ${JSON.stringify(encoding)}.`,
      hint: 'Serve the file as it is, without a Content-Encoding.',
    };
  }
  const type = field(head, 'content-type') ?? '';
  if (/^\s*text\/html\b/i.test(type) && NEVER_A_PAGE.test(path)) {
    return {
      message: `${where} answered with a web page in place of the file.`,
      hint: 'Does the network ask to sign in first (a captive portal)?',
    };
  }
  return undefined;
}

type Misfit = Pick<Failure, 'message' | 'hint'>;

function invalid(misfit: Misfit): HttpAnswer {
  const failure: Failure = { code: 'update/invalid', ...misfit };
  return { kind: 'failed', attempt: { ok: false, failure, mayPass: false } };
}

function sizeOf(digits: string | undefined): { readonly total?: number } {
  return digits !== undefined && /^\d+$/.test(digits) ? { total: Number(digits) } : {};
}

/** A field that is there once. Twice the same name means nothing that we know. */
function field({ headers }: AnswerHead, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
