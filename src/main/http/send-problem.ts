import type { FastifyReply } from 'fastify';
import { PROBLEM_TYPE, type Problem } from './problem.ts';

/** Sends an error as the document that RFC 9457 describes. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
