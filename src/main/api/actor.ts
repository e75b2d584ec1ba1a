import type { FastifyRequest } from 'fastify';
import type { Actor } from '#shared';
import { CLI_AGENT } from './agent.ts';

/** Who a request is from, for the audit trail. */
export function actorOf(request: FastifyRequest): Actor {
  const isCli = request.headers['user-agent']?.startsWith(CLI_AGENT) === true;
  return { who: isCli ? 'cli' : 'api', from: request.ip };
}
