import type { AddressInfo, Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { hasBearer } from '../http/bearer.ts';
import {
  FOREIGN_ORIGIN,
  MISDIRECTED,
  problemOfFailure,
  problemOfRefusal,
  PROBLEM_TYPE,
  type Problem,
  type Refusal,
} from '../http/problem.ts';
import { sendProblem } from '../http/send-problem.ts';
import { API_HEADERS } from './headers.ts';
import { mountRoutes, type ApiRoute } from './route.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** Names of steps are part of addresses. */
const MAX_NAME_LENGTH = 1024;

/**
 * A server for these routes: loopback names only, no page of another origin, the token on every
 * request, JSON only, and a problem document (RFC 9457) for whatever goes wrong.
 */
export function createApiServer(options: {
  readonly routes: readonly ApiRoute[];
  readonly token: string;
  readonly onBug: (thrown: unknown) => void;
}): FastifyInstance {
  const { token } = options;
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_NAME_LENGTH },
    // Streams of events would hold it open for ever.
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) =>
      void sendProblem(reply, problemOfRefusal({ status: 400, detail: error.message })),
    clientErrorHandler: (error, socket) => answerNonsense(error, socket),
  });
  let names: ReadonlySet<string> | undefined;
  app.addHook('onRequest', async (request, reply) => {
    const { host, origin, authorization } = request.headers;
    names ??= ownNames((app.server.address() as AddressInfo).port);
    reply.headers(API_HEADERS);
    const refusal = refusalOf({ host, origin }, names);
    if (refusal !== undefined) return sendProblem(reply, problemOfRefusal(refusal));
    if (hasBearer(authorization, token)) return undefined;
    reply.header('www-authenticate', 'Bearer');
    return sendProblem(reply, problemOfRefusal(NO_TOKEN));
  });
  takeJsonOnly(app);
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) options.onBug(error);
    return sendProblem(reply, problemOfError(error, status));
  });
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, problemOfRefusal({ status: 404, detail: 'Nothing is here.' })),
  );
  mountRoutes(app, options.routes);
  return app;
}

const NO_TOKEN: Refusal = {
  status: 401,
  detail: 'The control API needs the token of this start, which control-api.json of the home has.',
};

/** Names under which the server can be asked. A name that was made to point here is another one. */
function ownNames(port: number): ReadonlySet<string> {
  const hosts = ['127.0.0.1', 'localhost'];
  // Clients leave the port out where it is that of the scheme.
  return new Set(hosts.flatMap((host) => [`${host}:${port}`, ...(port === 80 ? [host] : [])]));
}

function refusalOf(
  { host, origin }: { readonly host: string | undefined; readonly origin: string | undefined },
  names: ReadonlySet<string>,
): Refusal | undefined {
  if (host === undefined || !names.has(host)) return MISDIRECTED;
  return origin === undefined || origin === `http://${host}` ? undefined : FOREIGN_ORIGIN;
}

/** A control without a body is one, whatever type it says the nothing has. */
function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done);
  });
}

/** Of what is thrown by the framework, or by a bug; of which nothing is said to the client. */
function problemOfError(error: Error & { readonly code?: string }, status: number): Problem {
  if (status >= 500)
    return problemOfRefusal({ status, detail: 'The app could not answer because of a bug.' });
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return problemOfRefusal({ status, detail: 'Bodies are JSON: send application/json.' });
  if (status !== 400) return problemOfRefusal({ status, detail: error.message });
  return { ...problemOfFailure({ code: 'command/bad', message: error.message }), status };
}

/** What is no HTTP, or has no end: there is no request to hang an answer on. */
function answerNonsense(error: Error & { readonly code?: string }, socket: Socket): void {
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const problem = problemOfRefusal({ status, detail: 'The request could not be read.' });
  const body = JSON.stringify(problem);
  const head = `HTTP/1.1 ${status} ${problem.title}\r\nconnection: close\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  if (socket.writable) socket.write(head + body);
  socket.destroySoon();
}
