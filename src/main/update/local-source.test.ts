import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '#shared';
import { createLocalSource, failureOf } from './local-source.ts';
import type { ReadProblem, ReadRequest } from './plan-reader.ts';
import { loadedPlan } from './testing/plans.test-support.ts';

const place = { root: '/plans', file: '/plans/a/1/execution_plan.toml', maxBytes: 10 };

async function askedFor(root: string): Promise<ReadRequest | undefined> {
  let asked: ReadRequest | undefined;
  const source = createLocalSource({
    baseFolder: '/device/resources',
    read: (request) => {
      asked = request;
      return Promise.resolve({ kind: 'aborted' });
    },
  });
  await source.fetch({
    general: (await loadedPlan({ root, family: 'kiosk', version: '2.1' })).plan.general,
    maxBytes: 7,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return asked;
}

describe('local source', () => {
  it('reads the plan of the product family and version', async () => {
    expect(await askedFor('/share/plans')).toMatchObject({
      root: '/share/plans',
      file: '/share/plans/kiosk/2.1/execution_plan.toml',
      maxBytes: 7,
    });
  });

  it('takes a relative root from the folder of the base plan', async () => {
    expect(await askedFor('../updates')).toMatchObject({
      root: '/device/updates',
      file: '/device/updates/kiosk/2.1/execution_plan.toml',
    });
  });

  it.each<[ReadProblem, ErrorCode, string]>([
    [
      { kind: 'refused', where: 'root', code: 'ENOENT' },
      'update/unreachable',
      '/plans cannot be reached (ENOENT).',
    ],
    [
      { kind: 'refused', where: 'root', code: 'ENOTDIR' },
      'update/unreachable',
      '/plans cannot be reached (ENOTDIR).',
    ],
    [
      { kind: 'refused', where: 'root', code: 'ESTALE' },
      'update/unreachable',
      '/plans cannot be reached (ESTALE).',
    ],
    [
      { kind: 'refused', where: 'root', code: 'EACCES' },
      'update/denied',
      '/plans may not be read (EACCES).',
    ],
    [
      { kind: 'refused', where: 'file', code: 'ENOENT' },
      'update/not-found',
      `${place.file} is not there (ENOENT).`,
    ],
    [
      { kind: 'refused', where: 'file', code: 'ENOTDIR' },
      'update/not-found',
      `${place.file} is not there (ENOTDIR).`,
    ],
    [
      { kind: 'refused', where: 'file', code: 'EPERM' },
      'update/denied',
      `${place.file} may not be read (EPERM).`,
    ],
    [
      { kind: 'refused', where: 'file', code: 'EIO' },
      'update/unreachable',
      `${place.file} cannot be reached (EIO).`,
    ],
    [{ kind: 'not-a-file' }, 'update/not-found', `${place.file} is not a file.`],
    [{ kind: 'too-large' }, 'update/too-large', `${place.file} is over the limit of 10 bytes.`],
    [{ kind: 'changed' }, 'update/invalid', `${place.file} was written to while it was read.`],
  ])('calls %j %s', (problem, code, message) => {
    expect(failureOf(problem, place)).toMatchObject({ code, message });
  });
});
