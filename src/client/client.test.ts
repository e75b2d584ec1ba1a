import { afterEach, describe, expect, it } from 'vitest';
import type { ClientToHost, ClientWelcome, HostToClient } from '../shared/client-messages.ts';
import { createClient, FirstlightError, type ClientPage, type FirstlightClient } from './client.ts';

const WELCOME: ClientWelcome = {
  type: 'welcome',
  version: 1,
  plugin: 'settings',
  answers: { name: 'Kitchen' },
  draft: { name: 'Kit' },
  locale: { language: 'de', region: 'DE', direction: 'ltr' },
  theme: {
    tokens: { '--fl-space': '1rem' },
    colorScheme: 'dark',
    textScale: 1,
    highContrast: false,
    reducedMotion: false,
  },
  canGoBack: true,
};

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A client, and the app's end of its channel. No input event is being handled unless it says so. */
function begin(afterInput: ClientPage['afterInput'] = () => Promise.resolve()) {
  const hellos: unknown[] = [];
  const applied: unknown[] = [];
  let port: MessagePort | undefined;
  const page: ClientPage = {
    greet: (hello, handed) => {
      hellos.push(hello);
      port = handed;
    },
    applyTheme: (theme) => applied.push(theme.colorScheme),
    applyLocale: (locale) => applied.push(locale.language),
    begin: () => applied.push('begin'),
    afterInput,
  };
  const client = createClient(page);
  if (port === undefined) throw new Error('no hello');
  const host = port;
  ports.push(host);
  const requests: ClientToHost[] = [];
  const say = (message: HostToClient) => host.postMessage(message);
  /** The next request; the answer to it is given by the test. */
  const next = () =>
    new Promise<ClientToHost>((resolve) => {
      host.onmessage = ({ data }: MessageEvent<ClientToHost>) => {
        requests.push(data);
        resolve(data);
      };
    });
  return { client, hellos, applied, say, next, requests };
}

describe('the client of a screen', () => {
  it('says hello, and is ready when it is welcomed', async () => {
    const { client, hellos, applied, say } = begin();
    expect(hellos).toEqual([{ firstlight: 'hello', version: 1 }]);
    expect(client.answers).toEqual({});
    expect(client.locale).toBeUndefined();
    say(WELCOME);
    const { type: _type, version: _version, ...start } = WELCOME;
    expect(await client.ready).toEqual(start);
    expect(applied).toEqual(['dark', 'de', 'begin']);
    expect(client.answers).toEqual({ name: 'Kitchen' });
    expect(client.draft).toEqual({ name: 'Kit' });
    expect(client.theme?.colorScheme).toBe('dark');
  });

  it('asks a route and takes the reply of the same number', async () => {
    const { client, say, next } = begin();
    say(WELCOME);
    const first = next();
    const facts = client.call('facts', { deep: true });
    const request = await first;
    expect(request).toMatchObject({ type: 'call', route: 'facts', body: { deep: true } });
    say({ type: 'reply', id: request.id + 100, result: { ok: true, value: 'for somebody else' } });
    say({ type: 'reply', id: request.id, result: { ok: true, value: 42 } });
    expect(await facts).toBe(42);
  });

  it('rejects with the code of the failure', async () => {
    const { client, say, next } = begin();
    say(WELCOME);
    const request = next();
    const done = client.complete({ name: 'x' });
    const failure = { code: 'command/not-now', message: 'Not now.' } as const;
    say({ type: 'reply', id: (await request).id, result: { ok: false, failure } });
    const error = await done.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FirstlightError);
    expect(error).toMatchObject({ code: 'command/not-now', message: 'Not now.' });
  });

  it.each([
    ['complete', (client: FirstlightClient) => client.complete({ name: 'x' })],
    ['back', (client: FirstlightClient) => client.back()],
  ])('asks for %s only when the click that wants it has been handled', async (type, ask) => {
    let handled: () => void = () => undefined;
    const { client, say, next, requests } = begin(
      () => new Promise((resolve) => (handled = resolve)),
    );
    say(WELCOME);
    await client.ready;
    let request = next();
    const asked = ask(client);
    const call = client.call('facts');
    // A port keeps the order, so what was asked for before the call would have come before it.
    const { id } = await request;
    expect(requests.map((sent) => sent.type)).toEqual(['call']);
    say({ type: 'reply', id, result: { ok: true, value: null } });
    await call;
    request = next();
    handled();
    const last = await request;
    expect(last.type).toBe(type);
    say({ type: 'reply', id: last.id, result: { ok: true, value: null } });
    await expect(asked).resolves.toBeUndefined();
  });

  it('takes answers as they are when they are given', async () => {
    const { client, say, next } = begin();
    say(WELCOME);
    await client.ready;
    const request = next();
    const answers = { name: 'Kitchen' };
    const completed = client.complete(answers);
    answers.name = 'Hall';
    const sent = await request;
    expect(sent).toMatchObject({ type: 'complete', answers: { name: 'Kitchen' } });
    say({ type: 'reply', id: sent.id, result: { ok: true, value: null } });
    await completed;
  });

  it('saves the latest draft only, one at a time', async () => {
    const { client, say, next, requests } = begin();
    say(WELCOME);
    await client.ready;
    let request = next();
    const saved = ['K', 'Ki', 'Kit'].map((name) => client.saveDraft({ name }));
    expect(client.draft).toEqual({ name: 'Kit' });
    const { id } = await request;
    request = next();
    say({ type: 'reply', id, result: { ok: true, value: null } });
    const last = await request;
    say({ type: 'reply', id: last.id, result: { ok: true, value: null } });
    await Promise.all(saved);
    expect(requests.map((sent) => sent.type === 'saveDraft' && sent.draft)).toEqual([
      { name: 'K' },
      { name: 'Kit' },
    ]);
  });

  it.each([
    ['a list', [1]],
    ['a text', 'x'],
    ['a big integer', { a: 1n }],
    ['nothing at all', null],
  ])('refuses %s as answers and as a draft, and saves drafts as before', async (_what, wrong) => {
    const { client, say, next } = begin();
    say(WELCOME);
    await client.ready;
    await expect(client.complete(wrong as never)).rejects.toMatchObject({ code: 'command/bad' });
    await expect(client.saveDraft(wrong as never)).rejects.toMatchObject({ code: 'command/bad' });
    const request = next();
    const saved = client.saveDraft({ name: 'Hall' });
    const { id } = await request;
    say({ type: 'reply', id, result: { ok: true, value: null } });
    await expect(saved).resolves.toBeUndefined();
  });

  it('passes changes on until it is told to stop', async () => {
    const { client, say, applied } = begin();
    say(WELCOME);
    await client.ready;
    const heard: unknown[] = [];
    const progress = new Promise<void>((resolve) => {
      client.on('progress', (work) => {
        heard.push(work);
        resolve();
      });
    });
    client.on('locale', ({ language }) => heard.push(language));
    const stop = client.on('theme', ({ colorScheme }) => heard.push(colorScheme));
    stop();
    say({ type: 'theme', theme: { ...WELCOME.theme, colorScheme: 'light' } });
    say({ type: 'locale', locale: { language: 'ar', region: 'EG', direction: 'rtl' } });
    say({ type: 'progress', work: { percent: 5 } });
    await progress;
    expect(heard).toEqual(['ar', { percent: 5 }]);
    expect(applied).toEqual(['dark', 'de', 'begin', 'light', 'ar']);
    expect(client.theme?.colorScheme).toBe('light');
    expect(client.locale?.direction).toBe('rtl');
  });
});
