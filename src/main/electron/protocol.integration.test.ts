import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { screenAddresses } from '../web/screen-addresses.ts';
import { directoryOf, fakePlugin } from '../web/web-server.test-support.ts';
import { screenAddress } from './addresses.ts';
import { serveSchemes } from './protocol.ts';
import { FakeProtocol } from './testing/fake-electron.test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'firstlight-protocol-'));
writeFileSync(join(folder, 'index.html'), '<h1>How to</h1>');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const screens = screenAddresses('secret');

function start() {
  const protocol = new FakeProtocol();
  const file = (text: string) => ({ bytes: Buffer.from(text), type: 'text/html' });
  serveSchemes({
    protocol,
    renderer: {
      read: (path) => Promise.resolve(path === 'index.html' ? file('the app') : undefined),
    },
    client: { read: (path) => Promise.resolve(file(path)) },
    plugins: directoryOf([fakePlugin({ route: 'how_to', folder })]),
    screens,
  });
  return protocol;
}

describe('the schemes of the Electron shell', () => {
  it('serve the app with its policy', async () => {
    const reply = await start().fetch('app://firstlight/');
    expect(await reply.text()).toBe('the app');
    expect(reply.headers.get('content-security-policy')).toContain('frame-src plugin:');
  });

  it('serve the app on its one origin only', async () => {
    expect((await start().fetch('app://other/')).status).toBe(404);
    expect((await start().fetch('app://firstlight/nothing')).status).toBe(404);
  });

  it('serve the screen of a plugin on an origin of its own', async () => {
    const reply = await start().fetch(screenAddress(screens.label('how_to')));
    expect(await reply.text()).toBe('<h1>How to</h1>');
    expect(reply.headers.get('content-security-policy')).toContain(
      'frame-ancestors app://firstlight',
    );
  });

  it('serve the client beside a screen', async () => {
    const address = new URL('/firstlight-client.js', screenAddress(screens.label('how_to')));
    expect(await (await start().fetch(address.href)).text()).toBe('firstlight-client.js');
  });

  it('serve nothing for a plugin that is not there', async () => {
    expect((await start().fetch('plugin://nobody/')).status).toBe(404);
  });

  it.each(['app://firstlight/', 'plugin://how_to/'])('only read %s', async (address) => {
    expect((await start().fetch(address, 'POST')).status).toBe(404);
  });
});
