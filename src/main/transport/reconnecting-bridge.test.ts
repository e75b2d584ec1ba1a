import { describe, expect, it } from 'vitest';
import { fail, ok, type HostEvent, type HostEventBody } from '#shared';
import { addressOf, serveBridge } from './serve-bridge.ts';
import { collectEvents, testEndpoint, type TestEndpoint } from './test-endpoint.test-support.ts';
import { reconnectingBridge, type OpenSocket } from '../../renderer/reconnecting-bridge.ts';

const log: HostEventBody = { type: 'log.written', plugin: 'howto', level: 'info', text: 'line' };

/** A line to a host that a test can cut and mend. Time passes only when the test says so. */
function breakableLine(endpoint: TestEndpoint) {
  let cut: () => void = () => undefined;
  let isUp = true;
  const tries: number[] = [];
  const waiting: (() => void)[] = [];
  const arrivals: (() => void)[] = [];

  const open = (): Promise<OpenSocket> => {
    if (!isUp) return Promise.reject(new Error('refused'));
    const toPage: ((text: string) => void)[] = [];
    let toHost: (text: string) => void = () => undefined;
    let isOpen = true;
    const later = (deliver: () => void) => {
      setImmediate(() => {
        if (isOpen) deliver();
      });
    };
    const stop = serveBridge({
      endpoint,
      assetAddress: addressOf((plugin) => `http://${plugin}.example/`),
      onBug: () => undefined,
      channel: {
        post: (text) => later(() => toPage.forEach((listener) => listener(text))),
        onText: (listener) => (toHost = listener),
      },
    });
    const closed = new Promise<void>((resolve) => {
      cut = () => {
        isOpen = false;
        stop();
        resolve();
      };
    });
    return Promise.resolve({
      closed,
      channel: {
        post: (text) => later(() => toHost(text)),
        onText: (listener) => void toPage.push(listener),
      },
    });
  };
  const wait = (milliseconds: number) => {
    tries.push(milliseconds);
    return new Promise<void>((resolve) => {
      waiting.push(resolve);
      arrivals.shift()?.();
    });
  };
  /** Resolves when the bridge has begun to wait. */
  const atRest = () =>
    waiting.length > 0
      ? Promise.resolve()
      : new Promise<void>((resolve) => void arrivals.push(resolve));

  return {
    bridge: reconnectingBridge({ open, wait }),
    tries,
    goDown: async () => {
      isUp = false;
      cut();
      await atRest();
    },
    /** Lets one wait pass, with the host still away. */
    tryInVain: async () => {
      waiting.shift()?.();
      await atRest();
    },
    comeBack: () => {
      isUp = true;
      waiting.shift()?.();
    },
  };
}

describe('a bridge whose connection breaks', () => {
  it('fails a command under way as data', async () => {
    const endpoint = testEndpoint();
    const line = breakableLine(endpoint);
    await line.bridge.snapshot();
    endpoint.answer = () => new Promise(() => undefined);
    const sent = line.bridge.send({ type: 'network.scan' });
    await line.goDown();
    expect(await sent).toEqual(
      fail({ code: 'bridge/disconnected', message: 'The connection to the host was lost.' }),
    );
  });

  it('fails a command at once while the host is away', async () => {
    const line = breakableLine(testEndpoint());
    await line.bridge.snapshot();
    await line.goDown();
    expect(await line.bridge.send({ type: 'network.scan' })).toMatchObject({
      failure: { code: 'bridge/disconnected' },
    });
  });

  it('asks again for a snapshot that was under way', async () => {
    const endpoint = testEndpoint();
    const line = breakableLine(endpoint);
    await line.bridge.snapshot();
    const asked = line.bridge.snapshot();
    await line.goDown();
    endpoint.raise({ type: 'progress.changed', progress: { done: 3, total: 4 } });
    line.comeBack();
    expect(await asked).toEqual(endpoint.snapshot());
  });

  it('asks again for an address that was under way', async () => {
    const line = breakableLine(testEndpoint());
    await line.bridge.snapshot();
    const asked = line.bridge.assetAddress('howto');
    await line.goDown();
    line.comeBack();
    expect(await asked).toBe('http://howto.example/');
  });

  it('shows listeners a gap when events were missed', async () => {
    const endpoint = testEndpoint();
    const line = breakableLine(endpoint);
    const { seq } = await line.bridge.snapshot();
    await line.goDown();
    endpoint.raise(log);
    const next = collectEvents(line.bridge, 1);
    line.comeBack();
    expect((await next)[0]?.seq).not.toBe(seq + 1);
    expect(await line.bridge.snapshot()).toEqual(endpoint.snapshot());
  });

  it('shows no gap when nothing was missed', async () => {
    const endpoint = testEndpoint();
    const line = breakableLine(endpoint);
    await line.bridge.snapshot();
    const heard: HostEvent[] = [];
    line.bridge.subscribe((event) => heard.push(event));
    await line.goDown();
    line.comeBack();
    await line.bridge.snapshot();
    const next = collectEvents(line.bridge, 1);
    endpoint.raise(log);
    await next;
    expect(heard).toEqual([{ ...log, seq: 1 }]);
  });

  it('passes each event on once after a reconnect', async () => {
    const endpoint = testEndpoint();
    const line = breakableLine(endpoint);
    await line.bridge.snapshot();
    await line.goDown();
    line.comeBack();
    await line.bridge.snapshot();
    const events = collectEvents(line.bridge, 3);
    endpoint.raise(log);
    endpoint.raise(log);
    endpoint.raise(log);
    expect((await events).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('takes commands again after a reconnect', async () => {
    const line = breakableLine(testEndpoint());
    await line.bridge.snapshot();
    await line.goDown();
    line.comeBack();
    await line.bridge.snapshot();
    expect(await line.bridge.send({ type: 'network.scan' })).toEqual(ok(null));
  });

  it('waits longer after each failed try, up to three seconds, and starts over after a success', async () => {
    const line = breakableLine(testEndpoint());
    await line.bridge.snapshot();
    await line.goDown();
    for (let index = 0; index < 7; index += 1) await line.tryInVain();
    line.comeBack();
    await line.bridge.snapshot();
    await line.goDown();
    expect(line.tries).toEqual([100, 200, 400, 800, 1600, 3000, 3000, 3000, 100]);
  });

  it('waits for a host that is not up yet', async () => {
    const endpoint = testEndpoint();
    const line = breakableLine(endpoint);
    await line.goDown();
    const asked = line.bridge.snapshot();
    line.comeBack();
    expect(await asked).toEqual(endpoint.snapshot());
  });
});
