import { describe, expect, it } from 'vitest';
import { failureOfError, failureOfStatus } from './http-failures.ts';

const WHERE = 'https://h.example/a.tgz';

function withCode(
  code: string,
  rest: { readonly message?: string; readonly cause?: unknown } = {},
) {
  const { message = 'https://eve:secret@h.example', cause } = rest;
  return Object.assign(new Error(message, { cause }), { code });
}

describe('a status', () => {
  it.each([
    [401, 'update/denied', false],
    [403, 'update/denied', false],
    [404, 'update/not-found', false],
    [410, 'update/not-found', false],
    [408, 'update/unreachable', true],
    [425, 'update/unreachable', true],
    [429, 'update/unreachable', true],
    [500, 'update/unreachable', true],
    [503, 'update/unreachable', true],
    [599, 'update/unreachable', true],
    [204, 'update/invalid', false],
    [304, 'update/invalid', false],
    [400, 'update/invalid', false],
    [416, 'update/invalid', false],
    [600, 'update/invalid', false],
  ])('%i is %s, and whether it may pass: %s', (status, code, mayPass) => {
    expect(failureOfStatus(status, WHERE)).toMatchObject({ failure: { code }, mayPass });
  });
});

describe('a system error', () => {
  it('of the network is unreachable, and may pass', () => {
    expect(failureOfError(withCode('ECONNREFUSED'), WHERE)).toEqual({
      ok: false,
      failure: {
        code: 'update/unreachable',
        message: `${WHERE} cannot be reached: nothing listens there (ECONNREFUSED).`,
      },
      mayPass: true,
    });
  });

  it('of a certificate is unreachable, will not pass and says what to do', () => {
    expect(failureOfError(withCode('CERT_HAS_EXPIRED'), WHERE)).toEqual({
      ok: false,
      failure: {
        code: 'update/unreachable',
        message: `The certificate of ${WHERE} does not hold: it has expired (CERT_HAS_EXPIRED).`,
        hint: 'Name the authority in [https] ca_file of device.toml, and see that the clock of the device is right.',
      },
      mayPass: false,
    });
  });

  it.each([
    ['among causes', withCode('UND_ERR_SOMETHING', { cause: withCode('CERT_NOT_YET_VALID') })],
    [
      'among the addresses that were tried',
      new AggregateError([withCode('ECONNREFUSED'), withCode('CERT_NOT_YET_VALID')]),
    ],
  ])('is found %s', (_where, error) => {
    expect(failureOfError(error, WHERE).failure.message).toContain('it is not valid yet');
  });

  it.each([withCode('HPE_INVALID_CONSTANT'), named('HTTPParserError', 'Expected HTTP/')])(
    'for bytes that are no HTTP is invalid: %s',
    (error) => {
      expect(failureOfError(error, WHERE)).toMatchObject({
        failure: { code: 'update/invalid' },
        mayPass: false,
      });
    },
  );

  it.each([
    withCode('HPE_INVALID_EOF_STATE'),
    named('HTTPParserError', 'Response does not match the HTTP/1.1 protocol (Invalid EOF state)'),
  ])('for an end amid a body is a cut, which may pass: %s', (error) => {
    expect(failureOfError(error, WHERE)).toMatchObject({
      failure: {
        message: `${WHERE} cannot be reached: the connection was cut (HPE_INVALID_EOF_STATE).`,
      },
      mayPass: true,
    });
  });

  it.each([
    [named('TimeoutError', ''), 'it did not answer in time (TimeoutError)'],
    [
      withCode('ERR_SSL_WRONG_VERSION_NUMBER'),
      'no secure connection came about (ERR_SSL_WRONG_VERSION_NUMBER)',
    ],
    [withCode('ESOMETHING'), 'the connection failed (ESOMETHING)'],
    [new TypeError('x'), 'the connection failed (TypeError)'],
    ['thrown', 'the connection failed (string)'],
  ])('%s is named', (error, words) => {
    expect(failureOfError(error, WHERE).failure.message).toBe(
      `${WHERE} cannot be reached: ${words}.`,
    );
  });

  it('that is its own cause is no trap', () => {
    const error = withCode('ECONNRESET');
    error.cause = error;
    expect(failureOfError(error, WHERE).mayPass).toBe(true);
  });

  it('is never quoted: its text may hold a password', () => {
    for (const code of ['ECONNRESET', 'CERT_HAS_EXPIRED', 'HPE_INVALID_CONSTANT', 'ESOMETHING'])
      expect(JSON.stringify(failureOfError(withCode(code), WHERE))).not.toContain('secret');
  });
});

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
