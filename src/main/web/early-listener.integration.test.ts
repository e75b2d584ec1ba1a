import { describe, expect, it, onTestFinished } from 'vitest';
import { listenEarly } from './early-listener.ts';

describe('a socket that listens early', () => {
  it('holds a request until there is a handler', async () => {
    const listening = await listenEarly(0);
    if (!listening.ok) throw new Error(listening.failure.message);
    const { port, server, handOver, close } = listening.value;
    onTestFinished(close);
    const arrived = new Promise((resolve) => server.once('request', resolve));
    const reply = fetch(`http://127.0.0.1:${port}/`);
    await arrived;
    handOver((_request, response) => response.end('up'));
    expect(await (await reply).text()).toBe('up');
  });

  it('says in one line that a port is taken', async () => {
    const first = await listenEarly(0);
    if (!first.ok) throw new Error(first.failure.message);
    onTestFinished(first.value.close);
    const second = await listenEarly(first.value.port);
    expect(second).toEqual({
      ok: false,
      failure: {
        code: 'shell/port-taken',
        message: `Port ${first.value.port} is in use by another program.`,
        hint: 'Choose another with --port, or leave it out for any free one.',
      },
    });
  });
});
