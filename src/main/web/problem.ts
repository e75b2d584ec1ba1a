import { ERROR_CODES, type ErrorCode, type Failure } from '#shared';
import type { Refusal } from './access.ts';

/** An error as an HTTP answer (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The stable code of the failure, where it is one of the table. */
  readonly code?: ErrorCode;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** Codes that are not the server's own fault, or are a matter of time. All others are 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'plugin/no-route': 404,
  'plugin/not-running': 409,
  'plugin/not-found': 404,
  'plugin/bad-answer': 502,
  'plugin/route-failed': 502,
  'plugin/crashed': 502,
  'plugin/timeout': 504,
  'command/unknown-plugin': 404,
};

export function problemOfFailure(failure: Failure): Problem {
  return {
    type: `urn:firstlight:error:${failure.code.replace('/', ':')}`,
    title: ERROR_CODES[failure.code],
    status: STATUS[failure.code] ?? 500,
    detail: failure.message,
    code: failure.code,
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Token required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
};

/** A refusal of the server itself: a problem of no special type, as the RFC has it. */
export function problemOfRefusal({ status, detail }: Omit<Refusal, 'status'> & { status: number }) {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? (status < 500 ? 'Request refused' : 'Server error'),
    status,
    detail,
  } satisfies Problem;
}
