import { describe, expect, it } from 'vitest';
import { hasDisplay, pickShell } from './pick-shell.mjs';

/** A machine that has everything, but for what a test takes away. */
const pick = (machine: Partial<Parameters<typeof pickShell>[0]>) =>
  pickShell({
    noOpen: false,
    browser: undefined,
    hasDisplay: true,
    electron: () => Promise.resolve('/electron'),
    chromium: () => '/chromium',
    ...machine,
  });
const none = () => Promise.resolve(undefined);
const never = () => Promise.reject(new Error('must not be asked for'));

describe('the shell that is started', () => {
  it('is Electron where its binary is', async () => {
    expect(await pick({})).toEqual({ kind: 'electron', program: '/electron' });
  });

  it('is Chromium as a kiosk where Electron is not', async () => {
    expect(await pick({ electron: none })).toEqual({
      kind: 'kiosk',
      program: '/chromium',
      line: "Electron's binary is not here, so setup runs in /chromium.",
    });
  });

  it('is an address where neither is', async () => {
    expect(await pick({ electron: none, chromium: () => undefined })).toEqual({
      kind: 'address',
      line: "Neither Electron's binary nor a Chromium is here, so open the address below in a browser. (shell/no-browser)",
    });
  });

  it('is an address without a display, and nothing is fetched for it', async () => {
    expect(await pick({ hasDisplay: false, electron: never })).toEqual({
      kind: 'address',
      line: 'There is no display here, so open the address below in a browser. (shell/no-display)',
    });
  });

  it('is an address where no window is wanted, without a word', async () => {
    expect(await pick({ noOpen: true, electron: never })).toEqual({
      kind: 'address',
      line: undefined,
    });
  });

  it('is the browser that was named', async () => {
    expect(await pick({ browser: '/mine', electron: never })).toMatchObject({
      kind: 'kiosk',
      program: '/mine',
    });
  });
});

describe('a display', () => {
  it('is there under X or Wayland', () => {
    expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  });

  it('is not there on a bare terminal', () => {
    expect(hasDisplay({ DISPLAY: '' }, 'linux')).toBe(false);
  });

  it('is always there on a desktop system', () => {
    expect(hasDisplay({}, 'darwin')).toBe(true);
    expect(hasDisplay({}, 'win32')).toBe(true);
  });
});
