import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOfRefusal } from '../http/problem.ts';
import { sendProblem } from '../http/send-problem.ts';

/** One route of the control API. The table of all of them is what the OpenAPI document is held to. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  /** In the words of the router: `/api/executions/:id`. */
  readonly url: string;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Serves the routes, and says of every other method of their addresses that it is not allowed. */
export function mountRoutes(app: FastifyInstance, routes: readonly ApiRoute[]): void {
  const allowed = new Map<string, Set<string>>();
  for (const { method, url, handle } of routes) {
    app.route({ method, url, exposeHeadRoute: false, handler: handle });
    allowed.set(url, (allowed.get(url) ?? new Set()).add(method));
  }
  for (const [url, methods] of allowed) {
    const allow = [...methods].join(', ');
    const detail = `Here is only ${allow}.`;
    const refuse = (_request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply.header('allow', allow), problemOfRefusal({ status: 405, detail }));
    app.route({
      method: METHODS.filter((method) => !methods.has(method)),
      url,
      // Before the body is looked at: its type is not what is wrong.
      onRequest: async (request, reply) => refuse(request, reply),
      handler: refuse,
    });
  }
}
