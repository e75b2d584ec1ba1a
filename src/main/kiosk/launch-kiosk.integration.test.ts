import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchKiosk } from './launch-kiosk.ts';
import { endLeftover } from './leftover.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'firstlight-kiosk-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A kiosk whose browser is a shell script. */
function launch(script: string) {
  const home = folder();
  const program = join(home, 'browser.sh');
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const profileFolder = join(home, 'profile');
  const kiosk = launchKiosk({ program, address: 'http://127.0.0.1:1/', profileFolder });
  onTestFinished(() => kiosk.kill());
  return { kiosk, home, program, profileFolder };
}

describe('a kiosk', () => {
  it('is closed when its window is', async () => {
    const { kiosk, profileFolder } = launch('exit 0');
    expect(await kiosk.closed).toEqual({ ok: true, value: undefined });
    expect(existsSync(profileFolder)).toBe(true);
  });

  it('says in one line why there never was a window', async () => {
    const { kiosk, program } = launch(
      'echo "[1:1:0101/000000.0:ERROR:ozone.cc(1)] Missing X server or \\$DISPLAY" >&2; exit 1',
    );
    expect(await kiosk.closed).toEqual({
      ok: false,
      failure: {
        code: 'shell/browser-failed',
        message: `The browser ${program} could not be started: Missing X server or $DISPLAY.`,
        hint: 'Use --no-open and open the address in a browser of your own.',
      },
    });
  });

  it('says so when its program is not there', async () => {
    const kiosk = launchKiosk({
      program: '/nowhere/chromium',
      address: 'http://127.0.0.1:1/',
      profileFolder: join(folder(), 'profile'),
    });
    expect(await kiosk.closed).toMatchObject({ failure: { code: 'shell/browser-failed' } });
  });

  it('ends with all that it has started', async () => {
    const { kiosk, home } = launch('sleep 1000 & echo $! > "$(dirname "$0")/child"; wait');
    const child = join(home, 'child');
    await expect.poll(() => existsSync(child)).toBe(true);
    await kiosk.close();
    expect(await kiosk.closed).toEqual({ ok: true, value: undefined });
  });
});

describe.runIf(process.platform === 'linux')('a browser that an earlier start left behind', () => {
  /** A process that owns the profile, as Chromium notes it down. */
  const owner = (profile: string, argument: string) => {
    mkdirSync(profile, { recursive: true });
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', argument]);
    onTestFinished(() => void child.kill('SIGKILL'));
    symlinkSync(`device-${child.pid ?? 0}`, join(profile, 'SingletonLock'));
    return child;
  };

  it('is ended', async () => {
    const profile = join(folder(), 'profile');
    const child = owner(profile, `--user-data-dir=${profile}`);
    await once(child, 'spawn');
    endLeftover(profile);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });

  it('is left alone when its number is by now of another program', async () => {
    const profile = join(folder(), 'profile');
    const child = owner(profile, '--user-data-dir=/elsewhere');
    await once(child, 'spawn');
    const killed: number[] = [];
    endLeftover(profile, (pid) => killed.push(pid));
    expect(killed).toEqual([]);
  });

  it('is not looked for where there is no lock', () => {
    expect(() => endLeftover('/nowhere')).not.toThrow();
  });
});
