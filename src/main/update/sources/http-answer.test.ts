import { describe, expect, it } from 'vitest';
import { readAnswer, type AnswerHead, type AskedFor } from './http-answer.ts';

const WHERE = 'https://h.example/a.tgz';
const FROM = { bytes: 100, tag: '"1"' };

function read(status: number, headers: AnswerHead['headers'] = {}, asked: Partial<AskedFor> = {}) {
  return readAnswer({ status, headers }, { where: WHERE, path: '/a.tgz', ...asked });
}

describe('an answer', () => {
  it('brings the object, its size and its tag', () => {
    expect(read(200, { 'content-length': '17', etag: '"1"' })).toEqual({
      kind: 'object',
      offset: 0,
      total: 17,
      tag: '"1"',
    });
  });

  it.each([undefined, '', '-1', '1.5', '17, 17'])('has no size if it says %j', (length) => {
    expect(read(200, { 'content-length': length })).toEqual({ kind: 'object', offset: 0 });
  });

  it('brings the part that was asked for', () => {
    const headers = { 'content-range': 'bytes 100-199/200', 'content-length': '100', etag: '"1"' };
    expect(read(206, headers, { from: FROM })).toEqual({
      kind: 'object',
      offset: 100,
      total: 200,
      tag: '"1"',
    });
  });

  it('may not know the size of the whole', () => {
    expect(read(206, { 'content-range': 'bytes 100-199/*' }, { from: FROM })).toEqual({
      kind: 'object',
      offset: 100,
    });
  });

  it('brings the whole in place of a part when the object has changed', () => {
    expect(read(200, { etag: '"2"' }, { from: FROM })).toMatchObject({ offset: 0, tag: '"2"' });
  });

  it.each([undefined, 'bytes 0-199/200', 'lines 100-199/200', 'bytes */200'])(
    'is refused if it brings %j for bytes from 100 on',
    (range) => {
      expect(read(206, { 'content-range': range }, { from: FROM })).toMatchObject({
        attempt: {
          failure: {
            code: 'update/invalid',
            message: `${WHERE} answered with another part than was asked for.`,
          },
        },
      });
    },
  );

  it('says that there is no such range, if one was asked for', () => {
    expect(read(416, {}, { from: FROM })).toEqual({ kind: 'no-range' });
    expect(read(416)).toMatchObject({ attempt: { failure: { code: 'update/invalid' } } });
  });

  it('says that nothing has changed, if that was asked', () => {
    expect(read(304, {}, { unlessTag: '"1"' })).toEqual({ kind: 'unchanged' });
    expect(read(304)).toMatchObject({ attempt: { failure: { code: 'update/invalid' } } });
  });

  it.each([301, 302, 303, 307, 308])('sends elsewhere with %i', (status) => {
    expect(read(status, { location: '/b' })).toEqual({ kind: 'redirect', location: '/b' });
  });

  it('is refused if it sends nowhere, or brings a part that nobody asked for', () => {
    for (const status of [302, 206])
      expect(read(status)).toMatchObject({ attempt: { failure: { code: 'update/invalid' } } });
  });

  it.each(['gzip', 'x-gzip', 'br', 'identity, gzip'])('is refused in %s', (encoding) => {
    expect(read(200, { 'content-encoding': encoding })).toEqual({
      kind: 'failed',
      attempt: {
        ok: false,
        failure: {
          code: 'update/invalid',
          message: `${WHERE} comes with the content encoding "${encoding}".`,
          hint: 'Serve the file as it is, without a Content-Encoding.',
        },
        mayPass: false,
      },
    });
  });

  it.each(['text/html', 'Text/HTML; charset=utf-8'])('is refused as a page (%s)', (type) => {
    for (const path of ['/a.tgz', '/1.root.JSON', '/execution_plan.toml']) {
      expect(read(200, { 'content-type': type }, { path })).toMatchObject({
        attempt: {
          failure: {
            code: 'update/invalid',
            message: `${WHERE} answered with a web page in place of the file.`,
            hint: 'Does the network ask to sign in first (a captive portal)?',
          },
        },
      });
    }
  });

  it('may be a page where the name does not say otherwise', () => {
    const headers = { 'content-type': 'text/html' };
    expect(read(200, headers, { path: '/plan' })).toMatchObject({ kind: 'object' });
  });
});
