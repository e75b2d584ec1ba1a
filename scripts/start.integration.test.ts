import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const START = join(ROOT, 'scripts/start.mjs');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'firstlight-start-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Runs `npm start -- ...` to its end, on a machine without a display. */
function start(...args: string[]) {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  return spawnSync(process.execPath, [START, ...args], { env, encoding: 'utf8', timeout: 50_000 });
}

/** Starts it and waits for the line that matches; it is ended after the test. */
async function startUntil(ready: RegExp, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
  const child = spawn(process.execPath, [START, ...args], { env: { ...rest, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close') as Promise<[number | null]>;
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await expect.poll(() => output, { timeout: 40_000 }).toMatch(ready);
  return { child, ended, output: () => output };
}

/** A port that somebody else has until the test ends. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Where the control API of the app on this home is; `undefined` where it is nowhere. */
function addressIn(home: string): { readonly url: string; readonly token: string } | undefined {
  const file = join(home, 'control-api.json');
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string };
}

const READY = /^Firstlight is at (http:\S+)$/m;

/** Process ids whose command line names this text. None on a system without `/proc`. */
function processesNaming(text: string): string[] {
  if (!existsSync('/proc/self')) return [];
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(text);
    } catch {
      // It has ended since the folder was listed.
      return false;
    }
  });
}

describe('npm start', () => {
  it('says without a display where to look, and ends with everything at Ctrl-C', async () => {
    const home = folder();
    const { child, ended, output } = await startUntil(READY, ['--home', home]);
    expect(output()).toContain(
      'There is no display here, so open the address below in a browser. (shell/no-display)\n',
    );
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    expect(processesNaming(home)).toEqual([]);
  });

  it('serves the app at that address', async () => {
    const { output } = await startUntil(READY, ['--no-open', '--home', folder()]);
    const address = READY.exec(output())?.[1] ?? '';
    expect(await (await fetch(address)).text()).toContain('<script type="module"');
  });

  it('serves the control API beside it, and takes its address away at the end', async () => {
    const home = folder();
    const { child, ended } = await startUntil(READY, ['--no-open', '--home', home]);
    const { url, token } = addressIn(home) ?? {};
    const health = await fetch(`${url}/api/health`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(health.status).toBe(200);
    child.kill('SIGINT');
    await ended;
    expect(addressIn(home)).toBeUndefined();
  });

  it('serves no control API where the device is configured so', async () => {
    const home = folder();
    await startUntil(READY, ['--no-open', '--home', home], { FIRSTLIGHT_API_ENABLED: 'false' });
    expect(addressIn(home)).toBeUndefined();
  });

  it('sets up without a control API that nobody asked for and that has no port', async () => {
    const home = folder();
    const port = await takenPort();
    await startUntil(READY, ['--no-open', '--home', home], { FIRSTLIGHT_API_PORT: String(port) });
    expect(addressIn(home)).toBeUndefined();
    await expect
      .poll(() => readFileSync(join(home, 'firstlight.log'), 'utf8'))
      .toContain(`Port ${port} of the control API is in use by another program`);
  });

  it('ends when it is killed, host and all', async () => {
    const home = folder();
    const { child } = await startUntil(READY, ['--no-open', '--home', home]);
    child.kill('SIGKILL');
    await expect.poll(() => processesNaming(home), { timeout: 15_000 }).toEqual([]);
  });

  it('opens the browser that is named as a kiosk, and ends when its window is closed', async () => {
    const home = folder();
    const browser = join(home, 'browser.sh');
    writeFileSync(browser, '#!/bin/sh\nsleep 1\n', { mode: 0o755 });
    const { ended, output } = await startUntil(
      /in its own window/,
      ['--home', home, '--browser', browser],
      { DISPLAY: ':nothing-needs-it' },
    );
    expect((await ended)[0]).toBe(0);
    expect(output()).toContain(`Setup runs in ${browser}.`);
  });

  it('says in one line that the port is taken', async () => {
    const port = await takenPort();
    const { status, stderr } = start('--no-open', '--home', folder(), '--port', String(port));
    expect(status).toBe(1);
    expect(stderr).toBe(
      `Port ${port} is in use by another program. Choose another with --port, or leave it out for any free one. (shell/port-taken)\n`,
    );
  });

  it('says in one line that the state folder cannot be written', () => {
    const file = join(folder(), 'not-a-folder');
    writeFileSync(file, '');
    const { status, stderr } = start('--no-open', '--home', file);
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(file);
    expect(stderr).toContain('(shell/read-only)');
  });

  it('says in one line that the home is in use', async () => {
    const home = folder();
    await startUntil(READY, ['--no-open', '--home', home]);
    const { status, stderr } = start('--no-open', '--home', home);
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain('(session/locked)');
  });

  it('says in one line what is wrong with a plan that was named', () => {
    const plan = join(folder(), 'plan.toml');
    writeFileSync(plan, '[general]\nproduct_family = 7\n');
    const { status, stderr } = start('--no-open', '--home', folder(), '--plan', plan);
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`${plan}:1:2: `);
    expect(stderr).toContain('(shell/no-plan)');
  });

  it('says in one line that an option is unknown', () => {
    const { status, stderr } = start('--prot', '80');
    expect(status).toBe(2);
    expect(stderr).toBe('There is no option --prot. Did you mean --port? (cli/usage)\n');
  });

  it('helps', () => {
    const { status, stdout } = start('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Usage: npm start -- [options]');
  });
});
