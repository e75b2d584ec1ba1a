import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createUtilityLauncher, type UtilityProcessSlice, type UtilitySlice } from './launcher.ts';

/** A process that a test speaks for. */
function fakeUtility() {
  let hear: (message: unknown) => void = () => undefined;
  let exit: (code: number) => void = () => undefined;
  const posted: string[] = [];
  const killed: string[] = [];
  const forks: unknown[] = [];
  let pid: number | undefined = 4711;
  const child: UtilityProcessSlice = {
    get pid() {
      return pid;
    },
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    postMessage: (message) => void posted.push(message),
    kill: () => {
      killed.push('SIGTERM');
      return true;
    },
    on: (_event, listener) => (hear = listener),
    once: (_event, listener) => (exit = listener),
  };
  const utility: UtilitySlice = {
    fork: (entry, args, options) => {
      forks.push({ entry, args, options });
      return child;
    },
  };
  const launcher = createUtilityLauncher({
    utility,
    entry: '/out/main/plugin-process.js',
    env: { PATH: '/bin' },
    signal: (target, signal) => killed.push(`${signal} ${target}`),
  });
  return {
    launched: launcher.launch(),
    posted,
    killed,
    forks,
    say: (message: unknown) => hear(message),
    end: (code: number) => {
      pid = undefined;
      exit(code);
    },
  };
}

describe('a plugin process of the Electron shell', () => {
  it('runs the plugin entry with a clean environment', () => {
    expect(fakeUtility().forks).toEqual([
      {
        entry: '/out/main/plugin-process.js',
        args: [],
        options: {
          env: { PATH: '/bin' },
          stdio: ['ignore', 'pipe', 'pipe'],
          serviceName: 'Firstlight plugin',
          execArgv: ['--max-old-space-size=512'],
        },
      },
    ]);
  });

  it('takes and gives texts', () => {
    const { launched, posted, say } = fakeUtility();
    const heard: (string | undefined)[] = [];
    launched.onMessage((message) => heard.push(message));
    launched.send('to the plugin');
    say('from the plugin');
    expect(posted).toEqual(['to the plugin']);
    expect(heard).toEqual(['from the plugin']);
  });

  it.each([[{ not: 'text' }], ['x'.repeat(1024 * 1024 + 1)]])(
    'takes a message that is no text, or too large, for none',
    (message) => {
      const { launched, say } = fakeUtility();
      const heard: (string | undefined)[] = [];
      launched.onMessage((text) => heard.push(text));
      say(message);
      expect(heard).toEqual([undefined]);
    },
  );

  it('says how it ended', async () => {
    const { launched, end } = fakeUtility();
    end(7);
    expect(await launched.ended).toEqual({ code: 7, signal: null });
  });

  it('is asked to end, then killed', () => {
    const { launched, killed } = fakeUtility();
    launched.kill('SIGTERM');
    launched.kill('SIGKILL');
    expect(killed).toEqual(['SIGTERM', 'SIGKILL 4711']);
  });

  it('is not looked for by number once it has ended', () => {
    const { launched, killed, end } = fakeUtility();
    end(0);
    launched.kill('SIGKILL');
    expect(killed).toEqual(['SIGTERM']);
  });
});
