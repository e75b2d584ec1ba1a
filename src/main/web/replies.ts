import type { FastifyReply } from 'fastify';
import type { ServedFile } from './built-files.ts';
import { PROBLEM_TYPE, type Problem } from './problem.ts';

/** Sends an error as the document that RFC 9457 describes. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** Sends a file with the headers of the origin that it belongs to. */
export function sendFile(
  reply: FastifyReply,
  file: ServedFile,
  headers: Readonly<Record<string, string>>,
): FastifyReply {
  return reply.headers(headers).type(file.type).send(file.bytes);
}
