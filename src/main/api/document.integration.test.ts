import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiRoutes } from './control-api.ts';
import { OPERATIONS } from './openapi/operations.ts';
import { openApiFile } from './routes/health-routes.ts';
import { FlowTrace } from './streams/flow-trace.ts';
import { startApiRig } from './testing/api-rig.test-support.ts';

describe('the other routes', () => {
  it('show the active plan, once there is one', async () => {
    const plan = { info: { revision: 1 }, plugins: [] };
    expect((await (await startApiRig()).send({ path: '/api/plan' })).status).toBe(404);
    const { send } = await startApiRig({ plan: () => plan });
    expect((await send({ path: '/api/plan' })).json()).toEqual(plan);
  });

  it('show the flow without what a person has typed', async () => {
    const { send, host } = await startApiRig();
    const secret = { password: 'hunter2' };
    host.raise({ type: 'answers.saved', plugin: 'profile', answers: secret });
    host.raise({ type: 'draft.saved', plugin: 'profile', draft: secret });
    const { text, json } = await send({ path: '/api/flow' });
    expect(json()).toMatchObject({ sessionId: 'session-1', stage: { kind: 'starting' } });
    expect(text).not.toMatch(/hunter2|answers|drafts/);
  });

  it('hand requests to the own routes of a plugin', async () => {
    const { send, post } = await startApiRig();
    expect((await send({ path: '/api/plugins' })).json()).toEqual([
      { name: 'inventory-plugin', route: 'inventory', version: '1.0.0', hasScreen: false },
    ]);
    const path = '/api/plugins/inventory/facts/all';
    const asked = await send({ path: `${path}?disk=1` });
    expect(asked.json()).toEqual({ route: 'facts/all', body: { disk: '1' } });
    expect((await post(path, [1, null])).json()).toEqual({ route: 'facts/all', body: [1, null] });
    const wrong = await send({ path: '/api/plugins/inventory/other' });
    expect(wrong.json()).toMatchObject({ status: 404, code: 'plugin/no-route' });
    expect((await send({ path: '/api/plugins/nobody/x' })).status).toBe(404);
  });

  it('tell how the parts are', async () => {
    const { send, begin, engine } = await startApiRig();
    await engine.whenEnded(await begin({ only: {} }));
    expect((await send({ path: '/api/health' })).json()).toMatchObject({
      status: 'ok',
      version: '1.2.3',
      engine: { healthy: true, alive: 0, total: 1 },
      plugins: [],
      executors: [{ name: 'command' }],
    });
  });

  it('say that a plugin has crashed', async () => {
    const crashed = {
      name: 'settings',
      route: 'settings',
      state: 'crashed',
      healthy: false,
    } as const;
    const { send } = await startApiRig({
      plugins: {
        list: () => [],
        byName: () => undefined,
        byRoute: () => undefined,
        health: () => Promise.resolve([crashed]),
      },
    });
    expect((await send({ path: '/api/health' })).json()).toMatchObject({
      status: 'impaired',
      plugins: [crashed],
    });
  });
});

describe('the OpenAPI document', () => {
  it('is served as it stands', async () => {
    const { send } = await startApiRig();
    const { text } = await send({ path: '/api/openapi.json' });
    expect(text).toBe(await readFile(openApiFile(), 'utf8'));
  });

  it('has every route, and none that is not served', async () => {
    const { options, host } = await startApiRig();
    const trace = new FlowTrace(host);
    onTestFinished(() => trace.dispose());
    const routes = apiRoutes(options, trace);
    const served = routes.map(
      ({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}')}`,
    );
    const described = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(served.sort()).toEqual(described.sort());
  });
});
