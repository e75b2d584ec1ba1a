import type { ErrorCode } from '#shared';
import type { Attempt } from './object-source.ts';

export type FailedAttempt = Extract<Attempt<never>, { readonly ok: false }>;

/** Answers that a server gives while it is busy, so that asking again may help (RFC 9110, 6585, 8470). */
const PASSING_STATUS: readonly number[] = [408, 425, 429];

/**
 * What an answer's status means when it brings no object. 401 and 403 are `update/denied`, 404 and
 * 410 `update/not-found`, a busy or broken server (408, 425, 429, 5xx) `update/unreachable`, which
 * may pass; anything else is `update/invalid`.
 * @param where the place in words, without credentials
 */
export function failureOfStatus(status: number, where: string): FailedAttempt {
  if (status === 401 || status === 403) {
    const hint = 'Let the device read there, or name another place.';
    return failed('update/denied', `${where} refused access (${String(status)}).`, { hint });
  }
  if (status === 404 || status === 410)
    return failed('update/not-found', `There is nothing at ${where} (${String(status)}).`);
  if (PASSING_STATUS.includes(status) || (status >= 500 && status < 600)) {
    const message = `The server of ${where} has trouble of its own (${String(status)}).`;
    return failed('update/unreachable', message, { mayPass: true });
  }
  const message = `${where} answered with ${String(status)}, which brings no object.`;
  return failed('update/invalid', message);
}

/**
 * What a system error means, wherever it is in the chain of causes. A certificate that does not hold
 * is `update/unreachable` and will not pass; bytes that are no HTTP are `update/invalid`; all else is
 * the network's, `update/unreachable`, and may pass.
 * @param where the place in words, without credentials
 */
export function failureOfError(error: unknown, where: string): FailedAttempt {
  const codes = codesOf(error);
  const trouble = codes.map((code) => CERTIFICATE_TROUBLE[code]).find((text) => text !== undefined);
  if (trouble !== undefined) {
    const message = `The certificate of ${where} does not hold: ${trouble} (${codes.join(', ')}).`;
    return failed('update/unreachable', message, {
      hint: 'Name the authority in [https] ca_file of device.toml, and see that the clock of the device is right.',
    });
  }
  const code = codes[0];
  if (codes.some((each) => each === 'HTTPParserError' || /^HPE_(?!INVALID_EOF_STATE)/.test(each))) {
    const message = `What ${where} answered is no HTTP (${codes.join(', ')}).`;
    return failed('update/invalid', message, { hint: 'Something between may have changed it.' });
  }
  const known = codes.map((each) => NETWORK_TROUBLE[each]).find((text) => text !== undefined);
  const what =
    known ??
    (code?.startsWith('ERR_SSL_') ? 'no secure connection came about' : 'the connection failed');
  // The text of the error is left out: nobody promises that it holds no credentials.
  const name = code ?? (error instanceof Error ? error.name : typeof error);
  return failed('update/unreachable', `${where} cannot be reached: ${what} (${name}).`, {
    mayPass: true,
  });
}

/** Codes of Node's TLS for a chain that does not hold, as OpenSSL names them (x509_txt). */
const CERTIFICATE_TROUBLE: { readonly [code: string]: string | undefined } = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
  CERT_REJECTED: 'it is not trusted',
  CERT_UNTRUSTED: 'it is not trusted',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  CERT_CHAIN_TOO_LONG: 'its chain is too long',
  INVALID_CA: 'its authority may not sign others',
  INVALID_PURPOSE: 'it is not for servers',
  PATH_LENGTH_EXCEEDED: 'its chain is too long',
  HOSTNAME_MISMATCH: 'it is for another host',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
};

const NETWORK_TROUBLE: { readonly [code: string]: string | undefined } = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  HPE_INVALID_EOF_STATE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ENETDOWN: 'there is no network',
  ETIMEDOUT: 'it did not answer in time',
  TimeoutError: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it did not answer in time',
};

/** Errors without a code: of the AWS SDK, and of undici where it reads an answer itself. */
function namesOf({ name, message }: Error): readonly string[] {
  if (name === 'TimeoutError') return [name];
  if (name !== 'HTTPParserError') return [];
  // The end came amid the chunks of a body: no worse than any other cut.
  return [message.includes('Invalid EOF state') ? 'HPE_INVALID_EOF_STATE' : name];
}

/**
 * Codes of an error, of its causes and of what an AggregateError holds (one per address tried), from
 * the outside in. Names count where they say more than a code would.
 */
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const named = own.length === 0 ? namesOf(error) : [];
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const causes = [error.cause, ...inner].flatMap((cause) => codesOf(cause, depth + 1));
  return [...new Set([...own, ...named, ...causes])];
}

function failed(
  code: ErrorCode,
  message: string,
  rest: { readonly hint?: string; readonly mayPass?: boolean } = {},
): FailedAttempt {
  const { hint, mayPass = false } = rest;
  const failure = { code, message, ...(hint === undefined ? {} : { hint }) };
  return { ok: false, failure, mayPass };
}
