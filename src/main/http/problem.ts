import { ERROR_CODES, type ErrorCode, type ExecutionStatus, type Failure } from '#shared';

/** Why a request is turned away: an HTTP status and a sentence. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 431;
  readonly detail: string;
}

/** An error as an HTTP answer (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The stable code of the failure, where it is one of the table. */
  readonly code?: ErrorCode;
  /** What to do about it, where that is known. */
  readonly hint?: string;
  /** All that is wrong with what was sent, with JSON pointers into it. */
  readonly problems?: readonly InputProblem[];
  /** Where an execution stands that the request makes no sense for. */
  readonly executionStatus?: ExecutionStatus;
}

/** One thing that is wrong with a document. */
export interface InputProblem {
  /** RFC 6901: `/batch/0/config/cmd`; empty for the whole. */
  readonly pointer: string;
  readonly message: string;
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
  'command/not-now': 409,
  'command/bad': 422,
  'execution/not-found': 404,
  'execution/not-now': 409,
  'execution/steps-changed': 409,
  'execution/bad-steps': 422,
  'execution/bad-work': 422,
  'execution/no-executor': 422,
  'session/locked': 503,
  'shell/read-only': 503,
};

/** A failure as an HTTP answer, with more to say of it where there is more. */
export function problemOfFailure(
  failure: Failure,
  more: Pick<Problem, 'problems' | 'executionStatus'> = {},
): Problem {
  return {
    type: `urn:firstlight:error:${failure.code.replace('/', ':')}`,
    title: ERROR_CODES[failure.code],
    status: STATUS[failure.code] ?? 500,
    detail: failure.message,
    code: failure.code,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    ...more,
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
  431: 'Headers too large',
};

/** To what came under a name that is not the server's: a name that was made to point here. */
export const MISDIRECTED: Refusal = {
  status: 421,
  detail: 'This server does not answer to that host name.',
};

/** To what a page of another site sent. */
export const FOREIGN_ORIGIN: Refusal = {
  status: 403,
  detail: 'Requests from other origins are refused.',
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
