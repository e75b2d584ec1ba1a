import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as v from 'valibot';
import type { Actor, ExecutionControl, ExecutionView, Failure, Result } from '#shared';
import type { ExecutionEngine } from '../../execution/engine/execution-engine.ts';
import { problemOfFailure } from '../../http/problem.ts';
import { sendProblem } from '../../http/send-problem.ts';
import { actorOf } from '../actor.ts';
import { checkInput } from '../check-input.ts';
import { answerSchema, emptySchema, resumeSchema } from '../request-schemas.ts';
import type { ApiRoute } from '../route.ts';
import { startExecution, type StartPorts } from '../start-execution.ts';
import { statusOf } from '../views.ts';

const ALL = '/api/executions';
const ONE = `${ALL}/:id`;

/** Starting, looking at and controlling executions. */
export function executionRoutes(ports: StartPorts): readonly ApiRoute[] {
  const { engine } = ports;

  /** Answers about an execution, if there is one. */
  const look =
    (show: (id: string) => unknown) => async (request: FastifyRequest, reply: FastifyReply) => {
      const { id } = paramsOf(request);
      const shown = await show(id);
      return shown === undefined ? sendFailure(reply, unknownExecution(id), engine, id) : shown;
    };

  /** Checks the body, does something to an execution, and answers with how it is then. */
  const act =
    <TSchema extends v.GenericSchema>(
      schema: TSchema,
      perform: (given: {
        readonly params: StepParams;
        readonly body: v.InferOutput<TSchema>;
        readonly actor: Actor;
      }) => Promise<Result<ExecutionView>>,
    ) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const body = checkInput(schema, request.body ?? {});
      if (!body.ok) return sendProblem(reply, body.failure);
      const params = paramsOf(request);
      const done = await perform({ params, body: body.value, actor: actorOf(request) });
      return done.ok ? statusOf(done.value) : sendFailure(reply, done.failure, engine, params.id);
    };

  const control = (make: (params: StepParams) => ExecutionControl) =>
    act(emptySchema, ({ params, actor }) => engine.control(params.id, make(params), actor));

  return [
    {
      method: 'POST',
      url: ALL,
      handle: async (request, reply) => {
        const started = await startExecution(request.body, actorOf(request), ports);
        if (!started.ok) return sendProblem(reply, started.failure);
        const { executionId } = started.value;
        reply.code(202).header('location', `${ALL}/${encodeURIComponent(executionId)}`);
        return { executionId };
      },
    },
    { method: 'GET', url: ALL, handle: () => engine.list() },
    { method: 'GET', url: ONE, handle: look((id) => engine.get(id)) },
    {
      method: 'GET',
      url: `${ONE}/status`,
      handle: look((id) => {
        const view = engine.get(id);
        return view === undefined ? undefined : statusOf(view);
      }),
    },
    { method: 'GET', url: `${ONE}/audit`, handle: look((id) => engine.audit(id)) },
    {
      method: 'GET',
      url: `${ONE}/logs`,
      handle: async (request, reply) => {
        const { id } = paramsOf(request);
        const text = await engine.logs(id);
        if (text === undefined) return sendFailure(reply, unknownExecution(id), engine, id);
        return reply.type('text/plain; charset=utf-8').send(text);
      },
    },
    { method: 'POST', url: `${ONE}/pause`, handle: control(() => ({ type: 'pause' })) },
    { method: 'POST', url: `${ONE}/stop`, handle: control(() => ({ type: 'stop' })) },
    {
      method: 'POST',
      url: `${ONE}/resume`,
      handle: act(resumeSchema, ({ params, body: { from }, actor }) => {
        const resume = { type: 'resume', ...(from === undefined ? {} : { from }) } as const;
        return engine.control(params.id, resume, actor);
      }),
    },
    ...(['run', 'skip', 'retry'] as const).map((type): ApiRoute => ({
      method: 'POST',
      url: `${ONE}/steps/:step/${type}`,
      handle: control(({ step }) => ({ type, step })),
    })),
    {
      method: 'POST',
      url: `${ONE}/questions/:questionId`,
      handle: act(answerSchema, ({ params: { id, questionId }, body: { action }, actor }) =>
        engine.answer(id, questionId, action, actor),
      ),
    },
  ];
}

interface StepParams {
  readonly id: string;
  readonly step: string;
  readonly questionId: string;
}

/** The router fills in what the address of a route names; the others are never looked at. */
function paramsOf(request: FastifyRequest): StepParams {
  return request.params as StepParams;
}

export function unknownExecution(id: string): Failure {
  return { code: 'execution/not-found', message: `There is no execution ${id}.` };
}

/** A failure, with where the execution stands if that is why. */
function sendFailure(reply: FastifyReply, failure: Failure, engine: ExecutionEngine, id: string) {
  const status = failure.code === 'execution/not-now' ? engine.get(id)?.status : undefined;
  const more = status === undefined ? {} : { executionStatus: status };
  return sendProblem(reply, problemOfFailure(failure, more));
}
