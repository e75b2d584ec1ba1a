import * as v from 'valibot';
import { fail, ok, type Result } from '#shared';
import { problemOfFailure, type InputProblem, type Problem } from '../http/problem.ts';

/** Checks what a request carries: the value, or a problem that names every place. */
export function checkInput<TSchema extends v.GenericSchema>(
  schema: TSchema,
  input: unknown,
): Result<v.InferOutput<TSchema>, Problem> {
  // To the schema a list is an object, of whose fields it has none.
  if (Array.isArray(input)) return fail(badInput([{ pointer: '', message: 'Expected an object' }]));
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return ok(parsed.output);
  return fail(
    badInput(
      parsed.issues.map((issue) => ({
        pointer: pointerTo(...(issue.path ?? []).map(({ key }) => String(key))),
        message: issue.message,
      })),
    ),
  );
}

/** The answer to a request that makes no sense, whatever the state is. */
export function badInput(
  problems: readonly InputProblem[],
  code: 'command/bad' | 'execution/bad-work' | 'execution/no-executor' = 'command/bad',
): Problem {
  const [first] = problems;
  const where = first?.pointer === '' ? 'the whole' : (first?.pointer ?? '');
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return problemOfFailure(
    { code, message: `Wrong at ${where}: ${first?.message ?? ''}${more}` },
    { problems },
  );
}

/** A JSON pointer (RFC 6901) to a place in a document. */
export function pointerTo(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
