import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from '#shared';
import { hasBearer } from '../../http/bearer.ts';
import { problemOfFailure, problemOfRefusal } from '../../http/problem.ts';
import { sendProblem } from '../../http/send-problem.ts';
import type { DirectoryEntry, PluginDirectory } from '../../plugins/plugin-directory.ts';
import { mountRoutes, type ApiRoute } from '../route.ts';

/** The loaded plugins, and their own routes: `GET` with the query as its body, `POST` with JSON. */
export function pluginRoutes(plugins: PluginDirectory): readonly ApiRoute[] {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const { route, '*': path } = request.params as { route: string; '*': string };
    const entry = plugins.byRoute(route);
    if (entry === undefined)
      return sendProblem(
        reply,
        problemOfRefusal({ status: 404, detail: `No plugin has the route "${route}".` }),
      );
    const body = request.method === 'POST' ? request.body : request.query;
    // Fastify has parsed it from JSON or from a query: nothing else can be in it.
    const result = await entry.call(path, (body ?? null) as Json);
    return result.ok
      ? reply.type('application/json').send(JSON.stringify(result.value))
      : sendProblem(reply, problemOfFailure(result.failure));
  };
  const url = '/api/plugins/:route/*';
  return [
    { method: 'GET', url: '/api/plugins', handle: () => plugins.list().map(describe) },
    { method: 'GET', url, handle: answer },
    { method: 'POST', url, handle: answer },
  ];
}

function describe({ name, route, version, hasScreen }: DirectoryEntry) {
  return { name, route, version, hasScreen };
}

/**
 * The same on the server of the browser shell, for whoever has its token. Asks for it in a hook of these
 * routes, not by looking at the address: the router also takes `/%61pi/` and `http://anything/api/` for
 * this path.
 */
export function servePluginRoutes(
  app: FastifyInstance,
  { plugins, token }: { readonly plugins: PluginDirectory; readonly token: string },
): void {
  // JSON only: a body of any other type is none that a plugin could be handed.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    if (hasBearer(request.headers.authorization, token)) return undefined;
    reply.header('www-authenticate', 'Bearer');
    return sendProblem(
      reply,
      problemOfRefusal({ status: 401, detail: 'The API needs the token of this start.' }),
    );
  });
  mountRoutes(app, pluginRoutes(plugins));
}
