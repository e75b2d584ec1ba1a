import { describe, expect, it } from 'vitest';
import { audienceOf, hasProtocolToken } from './access.ts';

const PORT = 4711;
const app = `http://127.0.0.1:${PORT}`;
const audience = (host: string | undefined, origin?: string) => audienceOf({ host, origin }, PORT);

describe('the audience of a request', () => {
  it('is the app under its own address', () => {
    expect(audience(`127.0.0.1:${PORT}`)).toEqual({ kind: 'app' });
  });

  it('is a screen under a name below localhost', () => {
    expect(audience(`how-to.localhost:${PORT}`)).toEqual({ kind: 'screen', label: 'how-to' });
  });

  it.each([
    undefined,
    '',
    '127.0.0.1',
    '127.0.0.1:80',
    `localhost:${PORT}`,
    `.localhost:${PORT}`,
    `a.b.localhost:${PORT}`,
    `rebound.example:${PORT}`,
    `127.0.0.1:${PORT}.rebound.example`,
    `howto.localhost:${PORT}.rebound.example:${PORT}`,
    `[::1]:${PORT}`,
    `0.0.0.0:${PORT}`,
    `127.1:${PORT}`,
  ])('is nobody under the host %s', (host) => {
    expect(audience(host)).toMatchObject({ status: 421 });
  });

  it('takes requests of the own origin', () => {
    expect(audience(`127.0.0.1:${PORT}`, app)).toEqual({ kind: 'app' });
    expect(audience(`howto.localhost:${PORT}`, `http://howto.localhost:${PORT}`)).toEqual({
      kind: 'screen',
      label: 'howto',
    });
  });

  it.each([
    'null',
    'https://evil.example',
    `https://127.0.0.1:${PORT}`,
    'http://127.0.0.1:4712',
    `http://localhost:${PORT}`,
    `http://howto.localhost:${PORT}`,
  ])('refuses what a page of %s sends to the app', (origin) => {
    expect(audience(`127.0.0.1:${PORT}`, origin)).toMatchObject({ status: 403 });
  });

  it.each([app, `http://settings.localhost:${PORT}`, 'null'])(
    'refuses what a page of %s sends to a screen of another origin',
    (origin) => {
      expect(audience(`howto.localhost:${PORT}`, origin)).toMatchObject({ status: 403 });
    },
  );
});

describe('the token of a socket', () => {
  it('is taken from its subprotocols', () => {
    expect(hasProtocolToken('firstlight.v1, token.abc', 'abc')).toBe(true);
  });

  it.each([
    undefined,
    '',
    'firstlight.v1',
    'token.abc',
    'firstlight.v1, token.',
    'firstlight.v1, token.abcd',
    'firstlight.v1, abc',
  ])('is not in the subprotocols %s', (protocols) => {
    expect(hasProtocolToken(protocols, 'abc')).toBe(false);
  });
});
