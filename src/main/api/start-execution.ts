import { fail, ok, type Actor, type JsonObject, type Result } from '#shared';
import type { ExecutionEngine } from '../execution/engine/execution-engine.ts';
import { problemOfFailure, type Problem } from '../http/problem.ts';
import { checkInput } from './check-input.ts';
import {
  startBatchSchema,
  startPluginSchema,
  startWorkSchema,
  type StartPluginRequest,
} from './request-schemas.ts';
import { planWork, type WorkPorts } from './work/plan-work.ts';

/** Begins the work of a plugin of the active plan. */
export type StartPlugin = (
  request: { readonly plugin: string; readonly answers?: JsonObject; readonly from?: string },
  actor: Actor,
) => Promise<Result<{ readonly executionId: string }>>;

export interface StartPorts extends WorkPorts {
  readonly engine: ExecutionEngine;
  readonly startPlugin: StartPlugin;
}

type Started = Result<{ readonly executionId: string }, Problem>;

/** Begins what `POST /api/executions` was sent. */
export async function startExecution(
  body: unknown,
  actor: Actor,
  ports: StartPorts,
): Promise<Started> {
  const given = typeof body === 'object' && body !== null ? body : {};
  if ('type' in given && given.type === 'plugin') {
    const request = checkInput(startPluginSchema, body);
    return request.ok ? startPlugin(request.value, actor, ports) : request;
  }
  const request = checkInput('batch' in given ? startBatchSchema : startWorkSchema, body);
  if (!request.ok) return request;
  const planned = planWork(request.value, ports);
  if (!planned.ok) return planned;
  const { request: kept, ...work } = planned.value;
  const started = await ports.engine.start({
    ...work,
    inputs: {},
    // Whoever asked: it is the app that goes on with it after a restart.
    owner: 'api',
    identity: { request: kept },
    actor,
  });
  return started.ok ? ok(started.value) : fail(problemOfFailure(started.failure));
}

async function startPlugin(
  { plugin, answers, from }: StartPluginRequest,
  actor: Actor,
  ports: StartPorts,
): Promise<Started> {
  const started = await ports.startPlugin(
    {
      plugin,
      ...(answers === undefined ? {} : { answers }),
      ...(from === undefined ? {} : { from }),
    },
    actor,
  );
  if (started.ok) return started;
  const { failure } = started;
  // The address was right: it is the body that names what is not there.
  if (failure.code !== 'command/unknown-plugin') return fail(problemOfFailure(failure));
  const problems = [{ pointer: '/plugin', message: failure.message }];
  return fail({ ...problemOfFailure(failure, { problems }), status: 422 });
}
