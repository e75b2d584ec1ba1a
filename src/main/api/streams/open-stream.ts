import type { FastifyReply, FastifyRequest } from 'fastify';
import { ok, type Result } from '#shared';
import { systemClock } from '../../clock.ts';
import type { Problem } from '../../http/problem.ts';
import { checkInput } from '../check-input.ts';
import { API_HEADERS } from '../headers.ts';
import { streamQuerySchema } from '../request-schemas.ts';
import { EventStream } from './event-stream.ts';

/** What a reader asked for. */
export interface StreamRequest {
  readonly lastEventId: string | undefined;
  readonly untilEnd: boolean;
}

/** Reads the query and the header of a request for events. */
export function readStreamRequest(request: FastifyRequest): Result<StreamRequest, Problem> {
  const query = checkInput(streamQuerySchema, request.query);
  if (!query.ok) return query;
  const header = request.headers['last-event-id'];
  // Node has joined repeated headers already; a list is a matter of types.
  const named = Array.isArray(header) ? header[0] : header;
  const lastEventId = named ?? query.value.lastEventId;
  return ok({
    lastEventId: lastEventId === '' ? undefined : lastEventId,
    untilEnd: query.value.until === 'end',
  });
}

/** Takes an answer over from the framework, and streams events through it. */
export function openStream(reply: FastifyReply): EventStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...API_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  // A reader is to know that it is connected, even if nothing happens for a long time.
  raw.flushHeaders();
  return new EventStream(raw, systemClock);
}
