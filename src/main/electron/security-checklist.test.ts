import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appHeaders } from '../web/content-policy.ts';
import { guardAllContents } from './navigation.ts';
import { PRIVILEGED_SCHEMES } from './protocol.ts';
import { lockSession } from './session.ts';
import { FakeApp, FakeContents, FakeSession } from './testing/fake-electron.test-support.ts';
import { windowOptions } from './window.ts';

// Electron's security checklist (its documentation, tutorial/security), point by point and by its
// own numbers. Point 17 is held in ipc.test.ts as well, with everything that can send.

const { webPreferences } = windowOptions({ preload: '/preload.cjs', isDark: false });

function guardedContents(): FakeContents {
  const app = new FakeApp();
  guardAllContents(app);
  const contents = new FakeContents();
  app.createContents(contents);
  return contents;
}

function lockedSession(): FakeSession {
  const session = new FakeSession();
  lockSession(session);
  return session;
}

/** The sources of the Electron shell, without tests. */
function sources(): string {
  const folders = [import.meta.dirname, join(import.meta.dirname, '../../preload')];
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.includes('.test'))
      .map((name) => join(folder, name)),
  );
  return [...files, join(import.meta.dirname, '../index.ts')]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

describe("Electron's security checklist", () => {
  it('1: loads no insecure content, and none from the network at all', () => {
    const session = lockedSession();
    for (const url of ['http://a.example/', 'https://a.example/', 'ws://a.example/', 'ftp://a/'])
      expect(session.loads(url), url).toBe(false);
    expect(session.loads('app://firstlight/assets/index.js')).toBe(true);
    expect(session.loads('plugin://howto/')).toBe(true);
  });

  it('2: has no Node.js integration in any page, frame or worker', () => {
    expect(webPreferences.nodeIntegration).toBe(false);
    expect(webPreferences.nodeIntegrationInSubFrames).toBe(false);
    expect(webPreferences.nodeIntegrationInWorker).toBe(false);
  });

  it('3: isolates the context of the preload', () => {
    expect(webPreferences.contextIsolation).toBe(true);
  });

  it('4: sandboxes every renderer', () => {
    expect(webPreferences.sandbox).toBe(true);
    expect(sources()).toContain('app.enableSandbox()');
  });

  it.each(['media', 'geolocation', 'notifications', 'fullscreen', 'usb', 'clipboard-read', 'hid'])(
    '5: denies the permission "%s"',
    (permission) => {
      expect(lockedSession().grants(permission)).toBe(false);
    },
  );

  it('6: leaves web security on', () => {
    expect(webPreferences.webSecurity).toBe(true);
  });

  it('7: defines a content security policy without exceptions', () => {
    const headers = appHeaders({ app: 'app://firstlight', bridge: '', screens: 'plugin:' });
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(PRIVILEGED_SCHEMES.every(({ privileges }) => !privileges.bypassCSP)).toBe(true);
  });

  it('8: runs no insecure content', () => {
    expect(webPreferences.allowRunningInsecureContent).toBe(false);
  });

  it('9: has no experimental features', () => {
    expect(webPreferences.experimentalFeatures).toBe(false);
  });

  it('10: enables no Blink features', () => {
    expect(Object.keys(webPreferences)).not.toContain('enableBlinkFeatures');
  });

  it('11: has no webview that could allow popups', () => {
    expect(webPreferences.webviewTag).toBe(false);
  });

  it('12: lets no webview be attached', () => {
    expect(guardedContents().canAttachWebview()).toBe(false);
  });

  it.each(['will-frame-navigate', 'will-redirect'])('13: limits navigation by %s', (how) => {
    const contents = guardedContents();
    const can = (url: string, frame: 'main' | 'sub') => contents.canNavigate(url, frame, how);
    expect(can('app://firstlight/', 'main')).toBe(true);
    expect(can('plugin://howto/', 'sub')).toBe(true);
    for (const url of [
      'https://evil.example/',
      'file:///etc/passwd',
      'plugin://howto/',
      'app://other/',
      'app://firstlight.evil.example/',
      'javascript:alert(1)',
      'not an address',
    ])
      expect(can(url, 'main'), url).toBe(false);
    for (const url of ['https://evil.example/', 'app://firstlight/', 'data:text/html,x'])
      expect(can(url, 'sub'), url).toBe(false);
  });

  it('14: opens no new windows', () => {
    expect(guardedContents().canOpenWindow()).toBe(false);
  });

  it('15: hands nothing to other programs', () => {
    expect(sources()).not.toMatch(/\bopenExternal|\bopenPath|\bshell\b.*from 'electron'/);
  });

  it('16: uses a current version of Electron', () => {
    const path = join(import.meta.dirname, '../../../node_modules/electron/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(45);
  });

  it('17: checks the sender of its one IPC channel', () => {
    const code = sources();
    expect(code.match(/ipcMain\.on\(/g)).toHaveLength(1);
    expect(code).not.toMatch(/ipcMain\.(handle|once)/);
    expect(code).toContain('contents.mainFrame.frameTreeNodeId');
  });

  it('18: serves pages by its own schemes, never as files', () => {
    expect(PRIVILEGED_SCHEMES.map(({ scheme }) => scheme)).toEqual(['app', 'plugin']);
    expect(sources()).not.toMatch(/loadFile|file:\/\/\//);
    expect(lockedSession().loads('file:///etc/passwd')).toBe(false);
  });

  it('20: exposes no Electron API to any page', () => {
    expect(sources().match(/exposeInMainWorld\('/g)).toHaveLength(1);
  });

  it('keeps developer tools, downloads and dictionaries out of a kiosk', () => {
    expect(webPreferences.devTools).toBe(false);
    expect(lockedSession().downloads()).toBe(false);
    expect(lockedSession().hasSpellChecker).toBe(false);
  });
});
