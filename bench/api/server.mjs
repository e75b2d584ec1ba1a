/**
 * A server of the benchmark of the control API, as a process of its own: `bare` is fastify with a token
 * and answers of the same size, `control` the control API with its journal, `kept-nowhere` without.
 * Tells its parent the address, and on any message what processor time its main thread has had, in us.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fastify from 'fastify';
import { startControlApi } from '../../src/main/api/control-api.ts';
import { createWorkPerformer } from '../../src/main/executors/work-performer.ts';
import { createWorkRegistry } from '../../src/main/executors/registry.ts';
import { nodeFiles } from '../../src/main/state/node-files.ts';
import { testEndpoint } from '../../src/main/transport/test-endpoint.test-support.ts';
import { openEngine } from '../steps/open-engine.mjs';

/** An executor whose work is done at once. */
const NOTHING = {
  execute: async () => ({
    success: true,
    outputs: {},
    logs: [],
    metrics: { durationSeconds: 0 },
  }),
  validate: () => [],
  getSchema: () => ({ type: 'object' }),
  getMetadata: () => ({ name: 'nothing', version: '1.0.0', description: 'does nothing' }),
  canExecute: (type) => type === 'nothing',
  getSupportedTypes: () => ['nothing'],
};

const [kind = 'bare'] = process.argv.slice(2);
const { url, token, close } = kind === 'bare' ? await serveBare() : await serveControl();
process.on('message', () => {
  const { user, system } = process.threadCpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => void close());
process.send?.({ url, token });

async function serveBare() {
  const app = fastify();
  const token = randomBytes(32).toString('base64url');
  const wanted = `Bearer ${token}`;
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization === wanted) return undefined;
    return reply.code(401).send();
  });
  app.post('/api/executions', async (_request, reply) => {
    const executionId = randomUUID();
    reply.code(202).header('location', `/api/executions/${executionId}`);
    return { executionId };
  });
  app.get('/api/executions/:id/status', async (request) => ({
    executionId: request.params.id,
    status: 'completed',
    startTime: new Date().toISOString(),
    progress: 100,
    message: '',
    result: { outputs: {} },
    error: null,
  }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: `http://127.0.0.1:${app.server.address().port}`, token, close: () => app.close() };
}

async function serveControl() {
  const home = await mkdtemp(path.join(tmpdir(), 'firstlight-bench-'));
  const engine = await openEngine(kind === 'control' ? path.join(home, 'journal') : undefined);
  const registry = createWorkRegistry();
  registry.register(NOTHING);
  const performer = createWorkPerformer({ registry, cwd: home, env: {}, graceMs: 100 });
  const started = await startControlApi({
    port: 0,
    engine: engine.engine,
    works: registry,
    performer,
    plugins: { list: () => [], get: () => undefined },
    host: testEndpoint(),
    plan: () => undefined,
    startPlugin: () => Promise.reject(new Error('no plugins here')),
    home,
    files: nodeFiles,
    version: '0.0.0',
  });
  if (!started.ok) throw new Error(started.failure.message);
  return {
    ...started.value,
    close: async () => {
      await started.value.close();
      await engine.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
