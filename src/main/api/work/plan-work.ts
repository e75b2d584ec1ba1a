import { fail, ok, type JsonObject, type Result } from '#shared';
import type { StepPerformer } from '../../execution/engine/step-performer.ts';
import { checkSteps } from '../../execution/graph/check-steps.ts';
import type { StepGraph } from '../../execution/graph/step-graph.ts';
import { DEFAULT_RETRY, type StepSpec } from '../../execution/step-spec.ts';
import type { WorkRegistry } from '../../executors/work-executor.ts';
import { problemOfFailure, type Problem } from '../../http/problem.ts';
import type { StartBatchRequest, StartWorkRequest, WorkRequest } from '../request-schemas.ts';
import { batchPerformerOf } from './batch-performer.ts';
import { checkWork } from './check-work.ts';

/** A request for work, ready to be begun. */
export interface PlannedWork {
  readonly type: string;
  readonly name: string;
  readonly graph: StepGraph;
  readonly performer: StepPerformer;
  /** What is to be known of it after a restart, beside its steps. */
  readonly request: JsonObject;
  readonly timeLimitSeconds?: number;
}

/** What does the work that the control API is asked for. */
export interface WorkPorts {
  readonly works: WorkRegistry;
  /** Performs work items with the executors of `works`. */
  readonly performer: StepPerformer;
}

/** Checks a request for work whole, and makes steps of it: one, or a chain with one for each of a batch. */
export function planWork(
  request: StartWorkRequest | StartBatchRequest,
  { works, performer }: WorkPorts,
): Result<PlannedWork, Problem> {
  const problem = checkWork(request, works);
  if (problem !== undefined) return fail(problem);
  const { type, name = type, timeLimitSeconds } = request;
  const steps = 'batch' in request ? chainOf(request.batch) : [stepOf(request, name, [])];
  const graph = checkSteps({ steps, concurrency: 1, rollback: false }, { inputs: [] });
  if (!graph.ok) return fail(problemOfFailure(graph.failure));
  return ok({
    type,
    name,
    graph: graph.value,
    performer: 'batch' in request ? batchPerformerOf(request, performer) : performer,
    request,
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
  });
}

function chainOf(batch: readonly WorkRequest[]): readonly StepSpec[] {
  const taken = new Set(batch.map(({ name }) => name));
  const names = batch.map(({ type, name }, index) => {
    if (name !== undefined) return name;
    let made = `${type}-${index + 1}`;
    while (taken.has(made)) made += '-';
    taken.add(made);
    return made;
  });
  return batch.map((item, index) => {
    const before = names[index - 1];
    return stepOf(item, names[index] ?? '', before === undefined ? [] : [before]);
  });
}

function stepOf(item: WorkRequest, name: string, dependsOn: readonly string[]): StepSpec {
  const { type, config } = item;
  return {
    name,
    description: item.name ?? type,
    work: { kind: 'work', item: { type, config } },
    dependsOn,
    mutexes: [],
    idempotent: true,
    has: { when: false, forEach: false, check: false, verify: false, undo: false },
    always: false,
    retry: DEFAULT_RETRY,
    onError: 'stop',
    sudo: false,
  };
}
