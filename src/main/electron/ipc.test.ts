import { describe, expect, it } from 'vitest';
import type { Bridge } from '#shared';
import { BRIDGE_CHANNEL, exposeBridge } from '../../preload/expose-bridge.ts';
import { bridgeContract } from '../transport/bridge-contract.test-support.ts';
import { addressOf, serveBridge } from '../transport/serve-bridge.ts';
import { testEndpoint } from '../transport/test-endpoint.test-support.ts';
import { ipcChannel } from './ipc.ts';
import { FakeIpc } from './testing/fake-electron.test-support.ts';

function start(endpoint = testEndpoint(), screens: readonly string[] = []) {
  const ipc = new FakeIpc();
  const channel = ipcChannel({ ipcMain: ipc.ipcMain, contents: ipc.contents });
  const stop = serveBridge({
    endpoint,
    channel,
    assetAddress: addressOf((name) => (screens.includes(name) ? `plugin://${name}/` : undefined)),
    onBug: () => undefined,
  });
  const world: Record<string, Bridge> = {};
  exposeBridge({
    ipcRenderer: ipc.ipcRenderer,
    contextBridge: { exposeInMainWorld: (key, api) => (world[key] = api) },
  });
  const bridge = world['firstlight'];
  if (bridge === undefined) throw new Error('the preload has exposed nothing');
  const close = () => {
    stop();
    channel.close();
  };
  return { ipc, endpoint, bridge, world, close };
}

bridgeContract('Electron IPC', ({ endpoint, screens }) =>
  Promise.resolve(start(endpoint, screens)),
);

const call = JSON.stringify({ t: 'q', i: 'x', m: 'send', a: [{ type: 'setup.restart' }] });

describe('the sender of an IPC message', () => {
  it('is the main frame of the app', async () => {
    const { ipc, bridge, endpoint } = start();
    ipc.sendFrom(ipc.mainFrame, BRIDGE_CHANNEL, call);
    await bridge.snapshot();
    expect(endpoint.commands).toEqual([{ type: 'setup.restart' }]);
  });

  it.each([
    ['a frame of a plugin', { frameTreeNodeId: 2, url: 'plugin://howto/' }],
    ['a frame that says it is the app', { frameTreeNodeId: 2, url: 'app://firstlight/' }],
    ['a frame that is gone', null],
  ])('is refused when it is %s', async (_who, frame) => {
    const { ipc, bridge, endpoint } = start();
    ipc.sendFrom(frame, BRIDGE_CHANNEL, call);
    await bridge.snapshot();
    expect(endpoint.commands).toEqual([]);
  });

  it('is refused when the main frame shows something else', async () => {
    const { ipc, endpoint } = start();
    ipc.mainFrame.url = 'https://evil.example/';
    ipc.sendFrom(ipc.mainFrame, BRIDGE_CHANNEL, call);
    await new Promise((resolve) => setImmediate(resolve));
    expect(endpoint.commands).toEqual([]);
  });
});

describe('the bridge of the preload', () => {
  it('is all that the page gets', () => {
    const { world } = start();
    expect(Object.keys(world)).toEqual(['firstlight']);
    expect(Object.keys(world['firstlight'] ?? {}).sort()).toEqual([
      'assetAddress',
      'send',
      'snapshot',
      'subscribe',
    ]);
  });

  it('sends nothing to a window that is gone', () => {
    const { ipc, endpoint } = start();
    ipc.isDestroyed = true;
    expect(() => endpoint.raise({ type: 'notice.dismissed' })).not.toThrow();
  });
});
