import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { UtilityProcessSlice } from './launcher.ts';
import { createUtilityReaderLauncher } from './reader-launcher.ts';

/** A reading process that a test speaks for. It ends as Electron's do: nobody hears its streams any more. */
function fakeReader(options: { readonly pid?: number } = { pid: 4711 }) {
  let exit: (code: number) => void = () => undefined;
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const killed: string[] = [];
  const forks: unknown[] = [];
  const child: UtilityProcessSlice = {
    pid: options.pid,
    stdout,
    stderr,
    postMessage: () => undefined,
    kill: () => {
      killed.push('SIGTERM');
      return true;
    },
    on: () => undefined,
    once: (_event, listener) => (exit = listener),
  };
  const reader = createUtilityReaderLauncher({
    utility: {
      fork: (entry, args, forked) => {
        forks.push({ entry, args, forked });
        return child;
      },
    },
    entry: '/out/main/file-reader-process.js',
    env: { SystemRoot: 'C:\\Windows' },
    signal: (pid, signal) => killed.push(`${signal} ${pid}`),
  }).launch('the job');
  return {
    reader,
    stdout,
    stderr,
    killed,
    forks,
    end: (code: number) => {
      exit(code);
      for (const stream of [stdout, stderr]) stream.removeAllListeners();
    },
  };
}

describe('a reading process of the Electron shell', () => {
  it('gets its job as its argument, and a clean environment', () => {
    expect(fakeReader().forks).toEqual([
      {
        entry: '/out/main/file-reader-process.js',
        args: ['the job'],
        forked: {
          env: { SystemRoot: 'C:\\Windows' },
          stdio: ['ignore', 'pipe', 'pipe'],
          serviceName: 'Firstlight file reader',
          execArgv: [],
        },
      },
    ]);
  });

  it('is heard on both outputs', async () => {
    const { reader, stdout, stderr } = fakeReader();
    stdout.end('bytes');
    stderr.end('words');
    const heard = await Promise.all(
      [reader.stdout, reader.stderr].map((output) => output.toArray()),
    );
    expect(heard.map(String)).toEqual(['bytes', 'words']);
  });

  it('ends its outputs and says how, when it ends', async () => {
    const { reader, end } = fakeReader();
    const reading = reader.stdout.toArray();
    end(7);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(await reader.ended).toBe('exit code 7');
  });

  it('is killed at once, and nobody waits for it', async () => {
    const { reader, killed } = fakeReader();
    reader.kill();
    expect(killed).toEqual(['SIGKILL 4711']);
    expect(await reader.ended).toBe('SIGKILL');
    expect(reader.stdout.destroyed && reader.stderr.destroyed).toBe(true);
  });

  it('is asked to end as long as it has no number', () => {
    const { reader, killed } = fakeReader({});
    reader.kill();
    expect(killed).toEqual(['SIGTERM']);
  });

  it('is not looked for by number once it has ended', () => {
    const { reader, killed, end } = fakeReader();
    end(0);
    reader.kill();
    expect(killed).toEqual([]);
  });
});
