import { describe, expect, it } from 'vitest';
import { failureOfProblem, failureOfReader, givenUp } from './file-failures.ts';
import type { ReadProblem } from './file-reader.ts';

const place = { kind: 'file', path: '/plans/a/1/execution_plan.toml', root: '/plans' } as const;
const share = { ...place, share: '\\\\files\\setup' };

/** Code, message and whether it may pass, as one line. */
function line(problem: ReadProblem, at: typeof place = place): string {
  const { failure, mayPass } = failureOfProblem(problem, { place: at, maxBytes: 10 });
  return `${failure.code}: ${failure.message}${mayPass ? ' May pass.' : ''}`;
}

describe('a problem with a file', () => {
  it.each<[ReadProblem, string]>([
    [
      { kind: 'refused', where: 'root', code: 'ENOENT' },
      'update/unreachable: /plans cannot be reached (ENOENT).',
    ],
    [
      { kind: 'refused', where: 'root', code: 'ENOTDIR' },
      'update/unreachable: /plans cannot be reached (ENOTDIR).',
    ],
    [
      { kind: 'refused', where: 'root', code: 'ESTALE' },
      'update/unreachable: /plans cannot be reached (ESTALE). May pass.',
    ],
    [
      { kind: 'refused', where: 'root', code: 'EACCES' },
      'update/denied: /plans may not be read (EACCES).',
    ],
    [
      { kind: 'refused', where: 'file', code: 'ENOENT' },
      `update/not-found: ${place.path} is not there (ENOENT).`,
    ],
    [
      { kind: 'refused', where: 'file', code: 'ENOTDIR' },
      `update/not-found: ${place.path} is not there (ENOTDIR).`,
    ],
    [
      { kind: 'refused', where: 'file', code: 'EPERM' },
      `update/denied: ${place.path} may not be read (EPERM).`,
    ],
    [
      { kind: 'refused', where: 'file', code: 'EIO' },
      `update/unreachable: ${place.path} cannot be reached (EIO). May pass.`,
    ],
    [{ kind: 'not-a-file' }, `update/not-found: ${place.path} is not a file.`],
    [{ kind: 'too-large' }, `update/too-large: ${place.path} is over the limit of 10 bytes.`],
    [
      { kind: 'changed' },
      `update/invalid: ${place.path} was written to while it was read. May pass.`,
    ],
  ])('%j is %s', (problem, expected) => {
    expect(line(problem)).toBe(expected);
  });

  it('may pass when a share is missing, which the system may still be mounting', () => {
    expect(line({ kind: 'refused', where: 'root', code: 'ENOENT' }, share)).toBe(
      'update/unreachable: /plans cannot be reached (ENOENT). May pass.',
    );
    expect(line({ kind: 'not-mounted' }, share)).toBe(
      `update/unreachable: Nothing is mounted at /plans, so ${place.path} is not there. May pass.`,
    );
  });

  it.each<ReadProblem>([
    { kind: 'not-mounted' },
    { kind: 'refused', where: 'root', code: 'ENOENT' },
  ])('says what to mount where after %j', (problem) => {
    const { failure } = failureOfProblem(problem, { place: share, maxBytes: 10 });
    expect(failure.hint).toBe('Mount \\\\files\\setup at /plans.');
  });

  it('may pass when the reading process is gone', () => {
    expect(failureOfReader('/plans/x', 'EAGAIN')).toEqual({
      failure: {
        code: 'update/unreachable',
        message: 'The process that was to read /plans/x has ended too early (EAGAIN).',
      },
      mayPass: true,
    });
  });

  it('is not tried again after it was given up', () => {
    expect(givenUp('/plans/x')).toMatchObject({
      failure: { code: 'update/timeout' },
      mayPass: false,
    });
  });
});
