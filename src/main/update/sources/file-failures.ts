import type { ErrorCode, Failure } from '#shared';
import type { ReadProblem } from './file-reader.ts';
import type { FilePlace } from './place.ts';

/** A failure, and whether it is worth trying again. */
export interface FileFailure {
  readonly failure: Failure;
  readonly mayPass: boolean;
}

/** What a problem of the file system means for who wanted the file (plan contract, 7.5). Pure. */
export function failureOfProblem(
  problem: ReadProblem,
  { place, maxBytes }: { readonly place: FilePlace; readonly maxBytes: number },
): FileFailure {
  const { path, root, share } = place;
  switch (problem.kind) {
    case 'too-large':
      return lasting('update/too-large', `${path} is over the limit of ${maxBytes} bytes.`);
    case 'not-a-file':
      return lasting('update/not-found', `${path} is not a file.`);
    case 'changed':
      return {
        failure: {
          code: 'update/invalid',
          message: `${path} was written to while it was read.`,
          hint: 'Publish a file by renaming it into place.',
        },
        mayPass: true,
      };
    case 'not-mounted':
      return {
        failure: {
          code: 'update/unreachable',
          message: `Nothing is mounted at ${root}, so ${path} is not there.`,
          hint: `Mount ${share ?? 'the share'} at ${root}.`,
        },
        // The system may still be mounting it: it waits for the same network.
        mayPass: true,
      };
    case 'refused': {
      const code = codeOf(problem);
      const subject = problem.where === 'root' ? root : path;
      const message = `${subject} ${WORDS[code]} (${problem.code}).`;
      const isMissing = MISSING.has(problem.code);
      const mayPass = code === 'update/unreachable' && (!isMissing || share !== undefined);
      return { failure: { code, message, ...mountHint(place, isMissing && mayPass) }, mayPass };
    }
  }
}

/** The reading process is gone: it was killed, or could not be started. */
export function failureOfReader(path: string, end: string): FileFailure {
  const message = `The process that was to read ${path} has ended too early (${end}).`;
  return { failure: { code: 'update/unreachable', message }, mayPass: true };
}

/** Whoever wanted it has given up. The words are for the log. */
export function givenUp(path: string): FileFailure {
  return lasting('update/timeout', `Reading ${path} was given up.`);
}

function lasting(code: ErrorCode, message: string): FileFailure {
  return { failure: { code, message }, mayPass: false };
}

function mountHint({ root, share }: FilePlace, isWanted: boolean): { readonly hint?: string } {
  return isWanted && share !== undefined ? { hint: `Mount ${share} at ${root}.` } : {};
}

const WORDS = {
  'update/denied': 'may not be read',
  'update/not-found': 'is not there',
  'update/unreachable': 'cannot be reached',
} as const;

const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

function codeOf(problem: {
  readonly where: 'root' | 'file';
  readonly code: string;
}): keyof typeof WORDS {
  if (problem.code === 'EACCES' || problem.code === 'EPERM') return 'update/denied';
  // A root that is not there is a share that is not mounted, not a plan that is not published.
  const isMissing = problem.where === 'file' && MISSING.has(problem.code);
  return isMissing ? 'update/not-found' : 'update/unreachable';
}
