import { describe, expect, it } from 'vitest';
import { fail } from '#shared';
import { bridgeContract } from './bridge-contract.test-support.ts';
import { memoryBridge } from './memory.ts';
import { addressOf } from './serve-bridge.ts';
import { testEndpoint } from './test-endpoint.test-support.ts';

const noBug = () => undefined;

bridgeContract('memory', ({ endpoint, screens }) =>
  Promise.resolve(
    memoryBridge({
      endpoint,
      assetAddress: addressOf((plugin) =>
        screens.includes(plugin) ? `http://${plugin}.example/` : undefined,
      ),
      onBug: noBug,
    }),
  ),
);

describe('the bridge over memory, closed', () => {
  const start = () =>
    memoryBridge({
      endpoint: testEndpoint(),
      assetAddress: addressOf(() => undefined),
      onBug: noBug,
    });

  it('fails commands under way as data', async () => {
    const connection = start();
    const sent = connection.bridge.send({ type: 'network.scan' });
    connection.close();
    expect(await sent).toEqual(
      fail({ code: 'bridge/disconnected', message: 'The connection to the host was lost.' }),
    );
  });

  it('rejects questions under way', async () => {
    const connection = start();
    const asked = connection.bridge.snapshot();
    connection.close();
    await expect(asked).rejects.toThrow('The connection to the host was lost.');
  });
});
