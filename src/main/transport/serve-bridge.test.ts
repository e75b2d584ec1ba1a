import { describe, expect, it } from 'vitest';
import type { SerializedError } from '#shared';
import { addressOf, serveBridge } from './serve-bridge.ts';
import { testEndpoint } from './test-endpoint.test-support.ts';

/** The host's end with a page that can say anything at all. */
function hostilePage() {
  const endpoint = testEndpoint();
  const bugs: SerializedError[] = [];
  const replies: string[] = [];
  let say: (text: string) => void = () => undefined;
  let heard: () => void = () => undefined;
  serveBridge({
    endpoint,
    assetAddress: addressOf(() => undefined),
    onBug: (error) => bugs.push(error),
    channel: {
      post: (text) => {
        replies.push(text);
        heard();
      },
      onText: (listener) => (say = listener),
    },
  });
  /** Says something and resolves with the next reply. */
  const ask = (text: string) =>
    new Promise<unknown>((resolve) => {
      heard = () => resolve(JSON.parse(replies.at(-1) ?? ''));
      say(text);
    });
  return { endpoint, bugs, replies, say: (text: string) => say(text), ask };
}

const snapshotCall = JSON.stringify({ t: 'q', i: '1', m: 'snapshot', a: [] });

describe('the host end of the bridge', () => {
  it.each([
    'null',
    '7',
    '"q"',
    '[]',
    '{}',
    '{not json',
    '{"t":"q"}',
    '{"t":"q","m":7,"a":[]}',
    '{"t":"q","m":"snapshot","a":{"length":1e9}}',
    '{"t":"q","i":{},"m":"snapshot","a":[]}',
    '{"t":"s","i":"unknown","r":1}',
    '{"t":"s","i":null}',
  ])('drops %s and goes on', async (garbage) => {
    const page = hostilePage();
    page.say(garbage);
    expect(await page.ask(snapshotCall)).toMatchObject({ t: 's', i: '1', r: { seq: 0 } });
    expect(page.replies).toHaveLength(1);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'subscribe', 'event'])(
    'has no function named %s',
    async (name) => {
      const page = hostilePage();
      const reply = await page.ask(JSON.stringify({ t: 'q', i: '2', m: name, a: [] }));
      expect(reply).toEqual({ t: 's', i: '2', e: {} });
    },
  );

  it('hands a command that is none to the endpoint, which checks it', async () => {
    const page = hostilePage();
    await page.ask(JSON.stringify({ t: 'q', i: '3', m: 'send', a: [{ type: 'nonsense' }] }));
    expect(page.endpoint.commands).toEqual([{ type: 'nonsense' }]);
  });

  it('reports an exception of the host as a bug', async () => {
    const page = hostilePage();
    page.endpoint.answer = () => Promise.reject(new RangeError('off by one'));
    await page.ask(JSON.stringify({ t: 'q', i: '4', m: 'send', a: [{}] }));
    expect(page.bugs).toMatchObject([{ name: 'RangeError', message: 'off by one' }]);
  });
});
