import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionEvent } from '#shared';
import type { ExecutionEngine } from '../../execution/engine/execution-engine.ts';
import { isFinal } from '../../execution/records.ts';
import { problemOfFailure } from '../../http/problem.ts';
import { sendProblem } from '../../http/send-problem.ts';
import type { ApiRoute } from '../route.ts';
import type { EventStream, StreamEvent } from '../streams/event-stream.ts';
import { openStream, readStreamRequest, type StreamRequest } from '../streams/open-stream.ts';
import { unknownExecution } from './execution-routes.ts';

/** The events of one execution, as they happen. */
export function eventRoutes(engine: ExecutionEngine): readonly ApiRoute[] {
  const handle = (request: FastifyRequest, reply: FastifyReply) => {
    const { id } = request.params as { id: string };
    const asked = readStreamRequest(request);
    if (!asked.ok) return sendProblem(reply, asked.failure);
    if (engine.get(id) === undefined)
      return sendProblem(reply, problemOfFailure(unknownExecution(id)));
    streamEvents(engine, id, { ...asked.value, stream: openStream(reply) });
    return reply;
  };
  return [{ method: 'GET', url: '/api/executions/:id/events', handle }];
}

function streamEvents(
  engine: ExecutionEngine,
  id: string,
  { stream, lastEventId, untilEnd }: StreamRequest & { readonly stream: EventStream },
): void {
  // What is kept comes at once, before it is known whether it is all.
  const kept: StreamEvent[] = [];
  let take = (event: ExecutionEvent): unknown => kept.push(frameOf(event));
  const subscription = engine.subscribe(id, lastEventId, (event) => take(event));
  const view = engine.get(id);
  if (subscription === undefined || view === undefined) {
    stream.end();
    return;
  }
  stream.whenClosed(subscription.unsubscribe);
  const snapshot = subscription.complete ? [] : [{ event: 'snapshot', data: view }];
  stream.replay([...snapshot, ...kept]);
  take = (event) => {
    stream.send(frameOf(event));
    if (untilEnd && isEnd(event)) stream.end();
  };
  if (untilEnd && isFinal(view.status)) stream.end();
}

function frameOf(event: ExecutionEvent): StreamEvent {
  return { id: event.id, event: event.type, data: event };
}

function isEnd(event: ExecutionEvent): boolean {
  return event.type === 'ExecutionStatus' && isFinal(event.status);
}
