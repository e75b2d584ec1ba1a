import { describe, expect, it } from 'vitest';
import { begin, endAfterTest, isRunning, sh } from './testing/command-rig.test-support.ts';

describe('SINT-003 the time limit of a command', () => {
  it('SINT-003 ends a command that takes longer, and says what it said last', async () => {
    const { result } = sh('echo waiting; exec sleep 1000', { timeoutSeconds: 0.5 });
    expect(await result).toEqual({
      ok: false,
      failure: {
        code: 'step/timeout',
        message: '"sh" took longer than 0.5 seconds: waiting',
        hint: 'Raise its "timeoutSeconds", or find out in the log what it waits for.',
        output: 'waiting',
      },
    });
  });

  it('is not reached by a command that is done before', async () => {
    expect((await begin({ cmd: ['true'], timeoutSeconds: 30 }).result).ok).toBe(true);
  });
});

describe('a command that is called off', () => {
  it('is not begun where that was before its start', async () => {
    const { result, lines } = sh('echo ran', {}, { signal: AbortSignal.abort() });
    expect(await result).toEqual({
      ok: false,
      failure: { code: 'step/cancelled', message: '"sh" was called off.', output: '' },
    });
    expect(lines).toEqual([]);
  });

  it('may clean up, and what it says then is heard', async () => {
    const script = `
      process.on('SIGTERM', () => { console.log('bye'); process.exit(); });
      console.log('ready');
      setInterval(() => undefined, 1000);
    `;
    const command = begin({ cmd: [process.execPath, '-e', script] });
    await command.firstLine;
    command.abort();
    expect(await command.result).toMatchObject({
      ok: false,
      failure: { code: 'step/cancelled', output: 'ready\nbye' },
    });
    expect(command.lines).toEqual(['ready', 'bye']);
  });

  it('is ended by force where it does not listen', async () => {
    const command = sh(`trap '' TERM; echo $$; while :; do sleep 0.05; done`, {}, { graceMs: 100 });
    const pid = Number(await command.firstLine);
    command.abort();
    expect(await command.result).toMatchObject({ failure: { code: 'step/cancelled' } });
    expect(isRunning(pid)).toBe(false);
  });

  it('takes along all that it has started', async () => {
    const command = sh('sleep 1000 & echo $!; wait');
    const pid = Number(await command.firstLine);
    endAfterTest(pid);
    command.abort();
    await command.result;
    expect(isRunning(pid)).toBe(false);
  });

  it('takes along by force what it has started and does not listen', async () => {
    // What ignores a signal hands that down to what it starts.
    const script = `trap '' TERM; sleep 1000 >/dev/null 2>&1 & echo $!; trap - TERM; wait`;
    const command = sh(script, {}, { graceMs: 100 });
    const pid = Number(await command.firstLine);
    endAfterTest(pid);
    command.abort();
    expect(await command.result).toMatchObject({ failure: { code: 'step/cancelled' } });
    expect(isRunning(pid)).toBe(false);
  });
});

describe('what a command leaves running', () => {
  it('does not hold it up, even with its output in hand, and runs on', async () => {
    const { result, firstLine } = sh('sleep 1000 & echo $!');
    const pid = Number(await firstLine);
    endAfterTest(pid);
    expect((await result).ok).toBe(true);
    expect(isRunning(pid)).toBe(true);
  });

  it('does not hold it up where it goes on writing', async () => {
    const { result, firstLine } = sh('yes >&1 2>&1 & echo $!', {}, {});
    expect((await result).ok).toBe(true);
    // Its pipe is closed, which ends it.
    await firstLine;
  });
});

describe('the end of the app', () => {
  it('takes its commands along', async () => {
    const module = new URL('run-command.ts', import.meta.url).href;
    const script = `
      const { runCommand } = await import(${JSON.stringify(module)});
      const { signal } = new AbortController();
      const onOutput = (_, text) => console.log(text) ?? process.exit();
      const options = { signal, graceMs: 0, sudo: false, env: process.env, cwd: '/', onOutput };
      runCommand({ cmd: ['sh', '-c', 'echo $$; exec sleep 1000'] }, options);
    `;
    const { result, lines } = begin({
      cmd: [process.execPath, '--input-type=module', '-e', script],
    });
    expect((await result).ok).toBe(true);
    const pid = Number(lines.at(-1));
    endAfterTest(pid);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
