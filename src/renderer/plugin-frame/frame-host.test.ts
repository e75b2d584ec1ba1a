import { fail, ok, type ClientToHost, type Json, type Result } from '#shared';
import { afterEach, describe, expect, it } from 'vitest';
import { createFrameHost, originOf, type FrameHost, type WindowMessage } from './frame-host.ts';

const ORIGIN = 'http://settings.localhost:4000';
const FRAME = { name: 'the frame' };
const HELLO = { firstlight: 'hello', version: 1 };

const opened: (MessagePort | FrameHost)[] = [];
afterEach(() => {
  for (const thing of opened.splice(0)) thing.close();
});

function begin(reply: (request: ClientToHost) => Promise<Result<Json>>) {
  const requests: ClientToHost[] = [];
  let hellos = 0;
  const host = createFrameHost({
    source: () => FRAME,
    origin: ORIGIN,
    onHello: () => (hellos += 1),
    onRequest: (request) => {
      requests.push(request);
      return reply(request);
    },
  });
  opened.push(host);
  /** A frame says hello; by default the right one. */
  const hello = (change: Partial<WindowMessage> = {}) => {
    const { port1, port2 } = new MessageChannel();
    opened.push(port1);
    host.receive({ source: FRAME, origin: ORIGIN, data: HELLO, ports: [port2], ...change });
    const heard = () =>
      new Promise<unknown>((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    return { port: port1, heard };
  };
  return { host, hello, requests, hellos: () => hellos };
}

const back = (id: number) => ({ type: 'back', id });

describe("the renderer's end of a plugin frame", () => {
  it('greets its own frame', () => {
    const { hello, hellos } = begin(() => Promise.resolve(ok(null)));
    hello();
    expect(hellos()).toBe(1);
  });

  it.each([
    ['another window', { source: {} }],
    ['no window', { source: null }],
    ['another origin in its frame', { origin: 'https://evil.example' }],
    ['something else than a hello', { data: 'hello' }],
    ['a hello without a port', { ports: [] }],
  ])('does not hear %s', (_who, change) => {
    const { hello, hellos } = begin(() => Promise.resolve(ok(null)));
    hello(change);
    expect(hellos()).toBe(0);
  });

  it('answers requests with their own number', async () => {
    const { hello } = begin((request) => Promise.resolve(ok(request.id * 10)));
    const { port, heard } = hello();
    port.postMessage(back(7));
    expect(await heard()).toEqual({ type: 'reply', id: 7, result: ok(70) });
  });

  it('drops what is no request, and goes on', async () => {
    const { hello, requests } = begin(() => Promise.resolve(ok(null)));
    const { port, heard } = hello();
    for (const rubbish of [null, 'x', { type: 'quit', id: 1 }, { type: 'back' }]) {
      port.postMessage(rubbish);
    }
    port.postMessage(back(2));
    await heard();
    expect(requests).toEqual([back(2)]);
  });

  it('answers as data when a request throws', async () => {
    const { hello } = begin(() => Promise.reject(new Error('a bug')));
    const { port, heard } = hello();
    port.postMessage(back(1));
    const result = fail({ code: 'bridge/failed', message: 'a bug' });
    expect(await heard()).toEqual({ type: 'reply', id: 1, result });
  });

  it('talks to the newest page after the frame was reloaded', async () => {
    const { host, hello, hellos } = begin(() => Promise.resolve(ok(null)));
    hello();
    const { heard } = hello();
    const next = heard();
    host.post({ type: 'progress', work: { percent: 5 } });
    expect(await next).toEqual({ type: 'progress', work: { percent: 5 } });
    expect(hellos()).toBe(2);
  });

  it('owes no answer to a page that is gone', async () => {
    let finish: (result: Result<Json>) => void = () => undefined;
    const { hello } = begin((request) =>
      request.id === 1
        ? new Promise((resolve) => (finish = resolve))
        : Promise.resolve(ok('second')),
    );
    hello().port.postMessage(back(1));
    await new Promise((resolve) => setTimeout(resolve));
    const { port, heard } = hello();
    finish(ok('first'));
    port.postMessage(back(2));
    expect(await heard()).toEqual({ type: 'reply', id: 2, result: ok('second') });
  });
});

describe('the origin of an address', () => {
  it.each([
    ['http://settings.localhost:4000/index.html', 'http://settings.localhost:4000'],
    ['firstlight-plugin://settings/index.html', 'firstlight-plugin://settings'],
  ])('of %s is %s', (address, origin) => {
    expect(originOf(address)).toBe(origin);
  });
});
