import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from '#shared';
import { hasBearer } from '../http/bearer.ts';
import type { DirectoryEntry, PluginDirectory } from '../plugins/plugin-directory.ts';
import { problemOfFailure, problemOfRefusal } from '../http/problem.ts';
import { sendProblem } from '../http/send-problem.ts';

/**
 * A plugin's own routes answer here: `GET` with the query as its body, `POST` with JSON. Asks for
 * the token in a hook of these routes, not by looking at the address: the router also takes
 * `/%61pi/` and `http://anything/api/` for this path.
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
  app.get('/api/plugins', () => plugins.list().map(describe));

  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const { plugin, '*': route } = request.params as { plugin: string; '*': string };
    const entry = plugins.byRoute(plugin);
    if (entry === undefined)
      return sendProblem(
        reply,
        problemOfRefusal({ status: 404, detail: `No plugin has the route "${plugin}".` }),
      );
    const body = request.method === 'POST' ? request.body : request.query;
    // Fastify has parsed it from JSON or from a query: nothing else can be in it.
    const result = await entry.call(route, (body ?? null) as Json);
    return result.ok
      ? reply.type('application/json').send(JSON.stringify(result.value))
      : sendProblem(reply, problemOfFailure(result.failure));
  };
  app.get('/api/plugins/:plugin/*', answer);
  app.post('/api/plugins/:plugin/*', answer);
}

function describe({ name, route, version, hasScreen }: DirectoryEntry) {
  return { name, route, version, hasScreen };
}
