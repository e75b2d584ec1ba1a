import { describe, expect, it } from 'vitest';
import { chromiumArguments } from './chromium-arguments.ts';

const args = (isRoot = false) =>
  chromiumArguments({
    address: 'http://127.0.0.1:4711/#token=x',
    profileFolder: '/home/device/.firstlight/browser',
    isRoot,
  });

describe('the command line of the kiosk', () => {
  it('opens the app fullscreen, in a profile of its own', () => {
    expect(args()).toContain('--app=http://127.0.0.1:4711/#token=x');
    expect(args()).toContain('--kiosk');
    expect(args()).toContain('--user-data-dir=/home/device/.firstlight/browser');
  });

  it('keeps the sandbox, except for root, to whom Chromium denies it', () => {
    expect(args()).not.toContain('--no-sandbox');
    expect(args(true)).toContain('--no-sandbox');
  });

  it('resolves no names but those of plugin screens', () => {
    expect(args()).toContain(
      '--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    );
  });

  it('grants no permissions and opens no way to debug it', () => {
    expect(args()).toContain('--deny-permission-prompts');
    expect(args().join(' ')).not.toContain('remote-debugging');
  });
});
