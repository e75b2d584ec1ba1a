import fastifyWebsocket from '@fastify/websocket';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { serializeError, type SerializedError } from '#shared';
import { servePluginRoutes } from '../api/routes/plugin-routes.ts';
import { problemOfRefusal } from '../http/problem.ts';
import { sendProblem } from '../http/send-problem.ts';
import type { PluginDirectory } from '../plugins/plugin-directory.ts';
import type { HostEndpoint } from '../transport/endpoint.ts';
import { addressOf } from '../transport/serve-bridge.ts';
import { appOrigin, audienceOf, screenOrigin } from './access.ts';
import { endSockets, serveBridgeSocket, SOCKET_OPTIONS } from './bridge-socket.ts';
import { builtFiles } from './built-files.ts';
import { appHeaders, COMMON_HEADERS, screenHeaders } from './content-policy.ts';
import type { EarlyListener, HttpHandler } from './early-listener.ts';
import { sendFile } from './replies.ts';
import { screenAddresses } from './screen-addresses.ts';
import { clientFile, screenFile } from './screen-files.ts';

export interface WebServerOptions {
  readonly listener: EarlyListener;
  readonly endpoint: HostEndpoint;
  readonly plugins: PluginDirectory;
  /** Secret of this start: whoever has it may drive the setup. */
  readonly token: string;
  /** The built renderer. */
  readonly rendererFolder: string;
  /** What plugin screens load beside their own files. */
  readonly clientFolder: string;
  readonly onBug: (error: SerializedError) => void;
}

export interface WebServer {
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves the app, the bridge, plugin screens on origins of their own, and plugin routes. There is
 * no cookie: a request that a foreign page makes a browser send has nothing to ride on.
 */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { listener, endpoint, plugins, token, onBug } = options;
  const { port } = listener;
  const screens = screenAddresses(token);
  const [renderer, client] = await Promise.all([
    builtFiles(options.rendererFolder),
    builtFiles(options.clientFolder),
  ]);
  const origins = {
    app: appOrigin(port),
    bridge: `ws://127.0.0.1:${port}`,
    screens: screenOrigin('*', port),
  };

  const sendScreen = async (label: string, request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request.url);
    const nothing = problemOfRefusal({ status: 404, detail: 'Nothing is here.' });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendProblem(reply, problemOfRefusal({ status: 405, detail: 'Only GET is served.' }));
    const entry = plugins.list().find(({ route }) => screens.label(route) === label);
    if (entry === undefined) return sendProblem(reply, nothing);
    const shared = await clientFile(path, client);
    if (shared !== undefined) return sendFile(reply, shared, screenHeaders(origins));
    const [, capability = '', rest = ''] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
    if (!screens.admits(entry.route, capability)) return sendProblem(reply, nothing);
    const file = await screenFile(entry, rest);
    return file.ok
      ? sendFile(reply, file.value, screenHeaders(origins))
      : sendProblem(reply, problemOfRefusal(file.failure));
  };

  let handler: HttpHandler | undefined;
  const app = fastify({
    bodyLimit: 1024 * 1024,
    serverFactory: (handle) => {
      handler = handle;
      return listener.server;
    },
    frameworkErrors: (error, _request, reply) =>
      void sendProblem(reply, problemOfRefusal({ status: 400, detail: error.message })),
  });
  // First of all: its own hook must have seen a request before ours may refuse it.
  await app.register(fastifyWebsocket, { options: SOCKET_OPTIONS, preClose: endSockets });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(COMMON_HEADERS);
    const { host, origin } = request.headers;
    const audience = audienceOf({ host, origin }, port);
    if ('status' in audience) return sendProblem(reply, problemOfRefusal(audience));
    if (audience.kind === 'screen') return sendScreen(audience.label, request, reply);
    return undefined;
  });
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) onBug(serializeError(error));
    return sendProblem(reply, problemOfRefusal({ status, detail: error.message }));
  });
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, problemOfRefusal({ status: 404, detail: 'Nothing is here.' })),
  );

  serveBridgeSocket(app, {
    endpoint,
    token,
    onBug,
    assetAddress: addressOf((name) => {
      const entry = plugins.byName(name);
      if (entry?.hasScreen !== true) return undefined;
      const origin = screenOrigin(screens.label(entry.route), port);
      return `${origin}/${screens.capability(entry.route)}/`;
    }),
  });
  // A scope of its own, so that its hook guards these routes and all of them.
  await app.register((api, _options, done) => {
    servePluginRoutes(api, { plugins, token });
    done();
  });
  app.get('/*', async (request, reply) => {
    const path = pathOf(request.url);
    const file = await renderer.read(path === '/' ? 'index.html' : path.slice(1));
    return file === undefined
      ? sendProblem(reply, problemOfRefusal({ status: 404, detail: 'Nothing is here.' }))
      : sendFile(reply, file, appHeaders(origins));
  });

  await app.ready();
  if (handler === undefined) throw new Error('fastify has made no handler');
  listener.handOver(handler);
  return {
    close: async () => {
      await app.close();
      await listener.close();
    },
  };
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
