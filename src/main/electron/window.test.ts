import { describe, expect, it } from 'vitest';
import { FakeIpc, FakeWindow } from './testing/fake-electron.test-support.ts';
import { bringToFront, openWindow, windowOptions } from './window.ts';

describe('the window', () => {
  const window = () => new FakeWindow(new FakeIpc().contents);

  it('is a kiosk without any chrome', () => {
    expect(windowOptions({ preload: '/p.cjs', isDark: false })).toMatchObject({
      kiosk: true,
      fullscreen: true,
      frame: false,
      autoHideMenuBar: true,
    });
  });

  it('begins in the colour of the first screen', () => {
    const light = windowOptions({ preload: '/p.cjs', isDark: false });
    const dark = windowOptions({ preload: '/p.cjs', isDark: true });
    expect(light.backgroundColor).not.toBe(dark.backgroundColor);
  });

  it('is shown with its first frame painted, not before', async () => {
    const opened = window();
    await openWindow(opened);
    expect(opened.did).toEqual(['load app://firstlight/']);
    opened.paintFirstFrame();
    expect(opened.did).toEqual(['load app://firstlight/', 'show']);
  });

  it('comes to the front when the app is started again', () => {
    const opened = window();
    opened.minimized = true;
    bringToFront(opened);
    expect(opened.did).toEqual(['restore', 'focus']);
  });
});
