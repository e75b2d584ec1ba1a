import { describe, expect, it } from 'vitest';
import { fail, ok, type Json } from '#shared';
import { nodeBridge } from '../transport/node-socket.test-support.ts';
import { screenAddresses } from './screen-addresses.ts';
import {
  fakePlugin,
  folderWith,
  startTestServer,
  TOKEN,
  withToken,
} from './web-server.test-support.ts';

const screens = screenAddresses(TOKEN);

describe('the app', () => {
  it('is served under its own address, with a strict policy', async () => {
    const { send } = await startTestServer();
    const reply = await send({ path: '/' });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('Firstlight');
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
  });

  it('serves what was built, and nothing else', async () => {
    const { send } = await startTestServer();
    expect((await send({ path: '/assets/app.js' })).headers['content-type']).toMatch('javascript');
    for (const path of ['/assets', '/../package.json', '/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd'])
      expect((await send({ path })).status, path).toBe(404);
  });

  it.each(['rebound.example', 'localhost', '127.0.0.1:1'])(
    'is not served to the host name %s',
    async (host) => {
      const { send } = await startTestServer();
      const reply = await send({ path: '/', headers: { host } });
      expect(reply.status).toBe(421);
      expect(reply.text).not.toContain('<title>');
    },
  );

  it('answers an error with a problem document', async () => {
    const { send } = await startTestServer();
    const reply = await send({ path: '/nothing' });
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(reply.text)).toEqual({
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      detail: 'Nothing is here.',
    });
  });

  it('takes a broken address for what it is', async () => {
    const { send } = await startTestServer();
    expect((await send({ path: '/%zz' })).status).toBe(400);
  });
});

describe('the routes of plugins', () => {
  const inventory = fakePlugin({
    route: 'inventory',
    call: (route: string, body: Json) =>
      Promise.resolve(
        route === 'facts'
          ? ok({ route, body })
          : fail({ code: 'plugin/no-route', message: `No route "${route}".` } as const),
      ),
  });

  it('are listed', async () => {
    const { send } = await startTestServer([inventory]);
    const reply = await send({ path: '/api/plugins', headers: withToken });
    expect(JSON.parse(reply.text)).toEqual([
      { name: 'inventory-plugin', route: 'inventory', version: '1.0.0', hasScreen: false },
    ]);
  });

  it('take a GET with its query', async () => {
    const { send } = await startTestServer([inventory]);
    const reply = await send({ path: '/api/plugins/inventory/facts?disk=1', headers: withToken });
    expect(JSON.parse(reply.text)).toEqual({ route: 'facts', body: { disk: '1' } });
  });

  it('take a POST with its body', async () => {
    const { send } = await startTestServer([inventory]);
    const reply = await send({
      path: '/api/plugins/inventory/facts',
      method: 'POST',
      headers: { ...withToken, 'content-type': 'application/json' },
      body: '{"disk":[1,null]}',
    });
    expect(JSON.parse(reply.text)).toEqual({ route: 'facts', body: { disk: [1, null] } });
  });

  it('answer a failure with its code', async () => {
    const { send } = await startTestServer([inventory]);
    const reply = await send({ path: '/api/plugins/inventory/other', headers: withToken });
    expect(reply.status).toBe(404);
    expect(JSON.parse(reply.text)).toMatchObject({
      code: 'plugin/no-route',
      detail: 'No route "other".',
    });
  });

  it('are not there for a plugin that is not loaded', async () => {
    const { send } = await startTestServer([inventory]);
    expect((await send({ path: '/api/plugins/nobody/x', headers: withToken })).status).toBe(404);
  });

  it.each(['/api/plugins', '/api/plugins/inventory/facts', '/%61pi/plugins', '/API/plugins'])(
    'do not answer %s without the token',
    async (path) => {
      const { send } = await startTestServer([inventory]);
      const reply = await send({ path });
      expect([401, 404]).toContain(reply.status);
      expect(reply.text).not.toContain('inventory-plugin');
    },
  );

  it('do not answer an address with a host in it without the token', async () => {
    const { send, port } = await startTestServer([inventory]);
    const reply = await send({ path: `http://127.0.0.1:${port}/api/plugins` });
    expect(reply.status).toBe(401);
  });

  it('refuse a body that is not JSON, or too large', async () => {
    const { send } = await startTestServer([inventory]);
    const post = (type: string, body: string) =>
      send({
        path: '/api/plugins/inventory/facts',
        method: 'POST',
        headers: { ...withToken, 'content-type': type },
        body,
      });
    expect((await post('application/json', '{')).status).toBe(400);
    expect((await post('text/plain', 'x')).status).toBe(415);
    expect((await post('application/json', JSON.stringify('x'.repeat(1024 * 1024)))).status).toBe(
      413,
    );
  });

  it('report a bug once, with its message', async () => {
    const broken = fakePlugin({
      route: 'broken',
      call: () => Promise.reject(new Error('a bug of ours')),
    });
    const { send, bugs } = await startTestServer([broken]);
    expect((await send({ path: '/api/plugins/broken/x', headers: withToken })).status).toBe(500);
    expect(bugs).toEqual(['a bug of ours']);
  });
});

describe('the screen of a plugin', () => {
  const start = async () => {
    const howto = fakePlugin({
      route: 'howto',
      folder: await folderWith({ 'index.html': '<h1>How to</h1>', 'app.js': 'export {};' }),
    });
    const settings = fakePlugin({
      route: 'settings',
      folder: await folderWith({ 'index.html': '<h1>Settings</h1>', 'app.js': 'export {};' }),
    });
    const started = await startTestServer([howto, settings]);
    const own = screens.capability('howto');
    /** Sends a request to the origin of a route. */
    const ask = (route: string, path: string, headers: Record<string, string> = {}) =>
      started.send({ path, headers: { host: `${route}.localhost:${started.port}`, ...headers } });
    return { ...started, own, ask };
  };

  it('is served on its own origin', async () => {
    const { ask, own, port } = await start();
    const reply = await ask('howto', `/${own}/`);
    expect(reply.text).toBe('<h1>How to</h1>');
    expect(reply.headers['content-security-policy']).toContain(
      `frame-ancestors http://127.0.0.1:${port}`,
    );
    expect((await ask('howto', `/${own}/app.js`)).headers['content-type']).toBe('text/javascript');
  });

  it('is where the bridge says', async () => {
    const { port, ask } = await start();
    const address = new URL(await nodeBridge(port, TOKEN).assetAddress('howto-plugin'));
    expect(address.host).toBe(`howto.localhost:${port}`);
    expect((await ask('howto', address.pathname)).text).toBe('<h1>How to</h1>');
  });

  it('has the client of the app beside it', async () => {
    const { ask } = await start();
    expect((await ask('howto', '/firstlight-client.js')).text).toContain('client');
    expect((await ask('howto', '/firstlight-client.css')).headers['content-type']).toMatch('css');
  });

  it('is not served without its capability', async () => {
    const { ask } = await start();
    for (const path of ['/', '/app.js', '/x/', `/${screens.capability('settings')}/`])
      expect((await ask('howto', path)).status, path).toBe(404);
  });

  it('is not served on the origin of another plugin, or of the app', async () => {
    const { ask, own, send } = await start();
    expect((await ask('settings', `/${own}/`)).status).toBe(404);
    expect((await send({ path: `/${own}/` })).status).toBe(404);
    expect((await ask('nobody', `/${own}/`)).status).toBe(404);
  });

  it('is not given to the script of another origin', async () => {
    const { ask, own, port } = await start();
    for (const origin of [`http://settings.localhost:${port}`, `http://127.0.0.1:${port}`])
      expect((await ask('howto', `/${own}/`, { origin })).status).toBe(403);
  });

  it('reaches neither the app nor its routes from its own origin', async () => {
    const { ask, own } = await start();
    for (const path of ['/api/plugins', '/api/plugins/settings/x', '/index.html', '/bridge'])
      expect((await ask('howto', path, withToken)).status, path).toBe(404);
    expect((await ask('howto', `/${own}/nothing.js`)).status).toBe(404);
  });

  it('does not let the app be read with its origin', async () => {
    const { send, port } = await start();
    const headers = { ...withToken, origin: `http://howto.localhost:${port}` };
    expect((await send({ path: '/api/plugins', headers })).status).toBe(403);
  });

  it('is read only', async () => {
    const { send, own, port } = await start();
    const reply = await send({
      path: `/${own}/`,
      method: 'POST',
      headers: { host: `howto.localhost:${port}` },
    });
    expect(reply.status).toBe(405);
  });
});
