import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fail, ok, type Json, type Result } from '#shared';
import { testEndpoint, type TestEndpoint } from '../transport/test-endpoint.test-support.ts';
import { listenEarly } from './early-listener.ts';
import type { DirectoryEntry, PluginDirectory } from '../plugins/plugin-directory.ts';
import { startWebServer } from './server.ts';

export const TOKEN = 'test-token_0123456789';

/** A plugin with a screen of two files in `folder`, and the given answer to every call. */
export function fakePlugin(options: {
  readonly route: string;
  readonly folder?: string;
  readonly call?: (route: string, body: Json) => Promise<Result<Json>>;
}): DirectoryEntry {
  const { route, folder } = options;
  return {
    name: `${route}-plugin`,
    route,
    version: '1.0.0',
    hasScreen: folder !== undefined,
    call: options.call ?? (() => Promise.resolve(ok(null))),
    webFile: (path) =>
      Promise.resolve(
        folder !== undefined && ['/', '/app.js'].includes(path)
          ? ok({
              path: join(folder, path === '/' ? 'index.html' : 'app.js'),
              type: path === '/' ? 'text/html; charset=utf-8' : 'text/javascript',
            })
          : fail({ code: 'plugin/not-found', message: 'no such file' }),
      ),
  };
}

export function directoryOf(entries: readonly DirectoryEntry[]): PluginDirectory {
  return {
    list: () => entries,
    byName: (name) => entries.find((entry) => entry.name === name),
    byRoute: (route) => entries.find((entry) => entry.route === route),
    health: () => Promise.resolve([]),
  };
}

/** A folder with the given files, taken away after the test. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'firstlight-web-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A server on a free port, and a client that can say anything, `Host` and raw paths included. */
export async function startTestServer(
  plugins: readonly DirectoryEntry[] = [],
  endpoint: TestEndpoint = testEndpoint(),
) {
  const listening = await listenEarly(0);
  if (!listening.ok) throw new Error(listening.failure.message);
  const listener = listening.value;
  const bugs: string[] = [];
  const server = await startWebServer({
    listener,
    endpoint,
    plugins: directoryOf(plugins),
    token: TOKEN,
    rendererFolder: await folderWith({
      'index.html': '<title>Firstlight</title>',
      'assets/app.js': 'export {};',
    }),
    clientFolder: await folderWith({
      'firstlight-client.js': 'export const client = true;',
      'firstlight-client.css': 'body {}',
    }),
    onBug: (error) => bugs.push(error.message),
  });
  onTestFinished(() => server.close());
  const { port } = listener;

  const send = (options: {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const { path, method = 'GET', headers = {}, body } = options;
      const call = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      call.on('error', reject);
      call.end(body);
    });

  return { endpoint, bugs, port, send, server };
}

export const withToken = { authorization: `Bearer ${TOKEN}` };
