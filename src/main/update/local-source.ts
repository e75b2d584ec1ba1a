import path from 'node:path';
import { fail, ok, type CheckedPlan, type ErrorCode, type Failure } from '#shared';
import type { PlanReader, ReadProblem } from './plan-reader.ts';
import type { PlanSourcePort } from './plan-source-port.ts';

/** The name of a plan at every source (plan contract, section 7). */
const PLAN_FILE_NAME = 'execution_plan.toml';

/**
 * Plans in a folder: a local disk, a mounted share, a USB stick. A relative `update_path_root` is
 * taken from `baseFolder`, the folder of the base plan's file, so that a plan and its updates can be
 * moved together and the working folder of the app does not matter.
 */
export function createLocalSource(options: {
  readonly baseFolder: string;
  readonly read: PlanReader;
}): PlanSourcePort {
  return {
    fetch: async ({ general, maxBytes, signal, onProgress }) => {
      const root = path.resolve(options.baseFolder, general.update_path_root);
      const file = planFile(root, general);
      const outcome = await options.read({ root, file, maxBytes, signal, onProgress });
      switch (outcome.kind) {
        case 'read':
          return ok({ bytes: outcome.bytes, file });
        case 'aborted':
          return fail({ code: 'update/timeout', message: `Reading ${file} was given up.` });
        default:
          return fail(failureOf(outcome, { root, file, maxBytes }));
      }
    },
  };
}

/** Where below its root a plan lies. Both names are single path segments in any checked plan. */
function planFile(root: string, general: CheckedPlan['general']): string {
  const { product_family, execution_plan_version } = general;
  return path.join(root, product_family, execution_plan_version, PLAN_FILE_NAME);
}

/** What a problem of the file system means for the update (plan contract, 7.5). Pure. */
export function failureOf(
  problem: ReadProblem,
  place: { readonly root: string; readonly file: string; readonly maxBytes: number },
): Failure {
  const { root, file } = place;
  switch (problem.kind) {
    case 'too-large':
      return {
        code: 'update/too-large',
        message: `${file} is over the limit of ${place.maxBytes} bytes.`,
      };
    case 'changed':
      return {
        code: 'update/invalid',
        message: `${file} was written to while it was read.`,
        hint: 'Publish a plan by renaming it into place.',
      };
    case 'not-a-file':
      return { code: 'update/not-found', message: `${file} is not a file.` };
    case 'refused': {
      const code = codeOf(problem);
      const place = problem.where === 'root' ? root : file;
      return { code, message: `${place} ${WORDS[code] ?? ''} (${problem.code}).` };
    }
  }
}

const WORDS: { readonly [code in ErrorCode]?: string } = {
  'update/denied': 'may not be read',
  'update/not-found': 'is not there',
  'update/unreachable': 'cannot be reached',
};

function codeOf(problem: { readonly where: 'root' | 'file'; readonly code: string }): ErrorCode {
  switch (problem.code) {
    case 'EACCES':
    case 'EPERM':
      return 'update/denied';
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      // A root that is not there is a share that is not mounted, not a plan that is not published.
      return problem.where === 'root' ? 'update/unreachable' : 'update/not-found';
    default:
      return 'update/unreachable';
  }
}
