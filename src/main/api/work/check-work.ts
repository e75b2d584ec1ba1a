import type { WorkRegistry } from '../../executors/work-executor.ts';
import { referencesIn } from '../../execution/graph/values.ts';
import type { InputProblem, Problem } from '../../http/problem.ts';
import { badInput, pointerTo } from '../check-input.ts';
import type { StartBatchRequest, StartWorkRequest, WorkRequest } from '../request-schemas.ts';

/**
 * Everything that is wrong with the work of a request, before any of it is begun; `undefined` where
 * nothing is. Pointers go into the body of the request.
 */
export function checkWork(
  request: StartWorkRequest | StartBatchRequest,
  works: WorkRegistry,
): Problem | undefined {
  const places = placesOf(request);
  const unknown = places.filter(({ item }) => works.get(item.type) === undefined);
  if (unknown.length > 0) {
    return badInput(
      unknown.map(({ at, item }) => ({
        pointer: `${at}/type`,
        message: `no executor does work of the type "${item.type}"`,
      })),
      'execution/no-executor',
    );
  }
  const problems = [
    ...places.flatMap(({ at, item }) => configProblems(at, item, works)),
    ...('batch' in request ? [...sameNames(request), ...referencesInActions(request)] : []),
  ];
  return problems.length === 0 ? undefined : badInput(problems, 'execution/bad-work');
}

interface Place {
  readonly at: string;
  readonly item: WorkRequest;
}

const LISTS = ['batch', 'retryActions', 'failureActions'] as const;

function placesOf(request: StartWorkRequest | StartBatchRequest): readonly Place[] {
  if (!('batch' in request)) return [{ at: '', item: request }];
  return LISTS.flatMap((list) =>
    (request[list] ?? []).map((item, index) => ({ at: pointerTo(list, index), item })),
  );
}

function configProblems(at: string, item: WorkRequest, works: WorkRegistry) {
  const { type, config } = item;
  return works
    .validateWork({ type, config })
    .map(({ pointer, message }) => ({ pointer: `${at}/config${pointer}`, message }));
}

/** Steps are found by their names. */
function sameNames({ batch }: StartBatchRequest): readonly InputProblem[] {
  const first = new Map<string, number>();
  return batch.flatMap(({ name }, index) => {
    if (name === undefined) return [];
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    return [
      { pointer: pointerTo('batch', index, 'name'), message: `batch/${before} has this name` },
    ];
  });
}

/** Actions serve every piece of work, so that there are no steps whose values all of them could read. */
function referencesInActions(request: StartBatchRequest): readonly InputProblem[] {
  return LISTS.slice(1).flatMap((list) =>
    (request[list] ?? []).flatMap(({ config }, index) => {
      const found = referencesIn(config);
      if (found.ok && found.value.length === 0) return [];
      const message = 'values of steps cannot be used in an action';
      return [{ pointer: pointerTo(list, index, 'config'), message }];
    }),
  );
}
