import { failureOfError, failureOfStatus, type FailedAttempt } from './http-failures.ts';

/** The SDK's own errors when it finds no credentials. */
const NO_CREDENTIALS = ['CredentialsProviderError', 'TokenProviderError'];
/** Said with status 400, which tells nothing (Amazon S3 API Reference, "List of error codes"). */
const BAD_CREDENTIALS = ['ExpiredToken', 'InvalidToken', 'AuthorizationHeaderMalformed'];
const BAD_CLOCK = 'RequestTimeTooSkewed';

/**
 * What it means that S3 gave no object. Without a status nothing was answered at all. A clock that is
 * wrong may pass: the SDK goes by the time of the answer from then on.
 */
export function failureOfS3(what: {
  /** As the SDK has thrown it. Its name is S3's code; its text may hold anything. */
  readonly error?: unknown;
  readonly status?: number;
  /** The place in words, without credentials. */
  readonly where: string;
  readonly isSigned: boolean;
}): FailedAttempt {
  const { error, status, where, isSigned } = what;
  const name = error instanceof Error ? error.name : '';
  if (NO_CREDENTIALS.includes(name))
    return denied(`No credentials were found for ${where} (${name}).`, CHAIN_HINT);
  if (status === undefined) return failureOfError(error, where);

  const base = failureOfStatus(status, where);
  const { code, message } = base.failure;
  if (name === 'NoSuchBucket') return { ...base, failure: { code, message, hint: BUCKET_HINT } };
  if (name === BAD_CLOCK) return { ...denied(message, CLOCK_HINT), mayPass: true };
  if (BAD_CREDENTIALS.includes(name))
    return denied(`${where} refused the credentials (${String(status)} ${name}).`, CHAIN_HINT);
  return code === 'update/denied' ? denied(message, isSigned ? SIGNED_HINT : UNSIGNED_HINT) : base;
}

function denied(message: string, hint: string): FailedAttempt {
  return { ok: false, failure: { code: 'update/denied', message, hint }, mayPass: false };
}

const BUCKET_HINT = 'There is no such bucket: is its name right?';
const CLOCK_HINT = 'The clock of the device is too far off.';
const CHAIN_HINT =
  '[s3] credentials = "chain" of device.toml looks in the environment, in profile files and in the roles of the machine.';
/** S3 tells who may not list a bucket nothing of what is missing there. */
const MISSING = 'S3 answers so, too, for what is not there, unless the device may list the bucket.';
const SIGNED_HINT = `Let the credentials of the device read it. ${MISSING}`;
const UNSIGNED_HINT = `Requests are unsigned: let anybody read it, or set [s3] credentials = "chain" in device.toml. ${MISSING}`;
