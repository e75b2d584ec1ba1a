import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { bridgeContract } from '../transport/bridge-contract.test-support.ts';
import { nodeBridge } from '../transport/node-socket.test-support.ts';
import { fakePlugin, folderWith, startTestServer, TOKEN } from './web-server.test-support.ts';

bridgeContract('a WebSocket', async ({ endpoint, screens }) => {
  const folder = await folderWith({ 'index.html': '' });
  const plugins = screens.map((name) => ({ ...fakePlugin({ route: name, folder }), name }));
  const { port, server } = await startTestServer(plugins, endpoint);
  const bridge = nodeBridge(port, TOKEN);
  await bridge.snapshot();
  return { bridge, close: () => server.close() };
});

/** Asks for a socket; gives the HTTP status it was answered with. */
async function upgrade(options: {
  readonly origin?: string;
  readonly host?: string;
  readonly protocols?: string[];
}) {
  const { port } = await startTestServer();
  const { origin = `http://127.0.0.1:${port}`, protocols = ['firstlight.v1', `token.${TOKEN}`] } =
    options;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/bridge`, protocols, {
    ...(origin === '' ? {} : { origin }),
    headers: options.host === undefined ? {} : { host: options.host },
  });
  socket.on('error', () => undefined);
  return new Promise<number | undefined>((resolve) => {
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
      response.destroy();
    });
  });
}

describe('the socket of the bridge', () => {
  it('opens for a page of the app with the token', async () => {
    expect(await upgrade({})).toBe(101);
  });

  it('stays shut without a token', async () => {
    expect(await upgrade({ protocols: ['firstlight.v1'] })).toBe(401);
  });

  it('stays shut with another token', async () => {
    expect(await upgrade({ protocols: ['firstlight.v1', `token.${TOKEN}0`] })).toBe(401);
  });

  it('stays shut for a page of another site, token or not', async () => {
    expect(await upgrade({ origin: 'https://evil.example' })).toBe(403);
  });

  it('stays shut for what does not say its origin', async () => {
    expect(await upgrade({ origin: '' })).toBe(401);
  });

  it('stays shut for a name that was made to point here', async () => {
    expect(await upgrade({ host: 'rebound.example' })).toBe(421);
  });

  it('does not say the token back', async () => {
    const { port } = await startTestServer();
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}/bridge`,
      [`token.${TOKEN}`, 'firstlight.v1'],
      { origin: `http://127.0.0.1:${port}` },
    );
    const protocol = await new Promise((resolve) => {
      socket.on('open', () => resolve(socket.protocol));
    });
    socket.terminate();
    expect(protocol).toBe('firstlight.v1');
  });

  it('cuts a page that sends a message without end, and goes on', async () => {
    const { port, endpoint } = await startTestServer();
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}/bridge`,
      ['firstlight.v1', `token.${TOKEN}`],
      { origin: `http://127.0.0.1:${port}` },
    );
    socket.on('error', () => undefined);
    socket.on('open', () => socket.send('x'.repeat(3 * 1024 * 1024)));
    const code = await new Promise((resolve) => socket.on('close', resolve));
    expect(code).toBe(1009);
    expect(await nodeBridge(port, TOKEN).snapshot()).toEqual(endpoint.snapshot());
  });
});
