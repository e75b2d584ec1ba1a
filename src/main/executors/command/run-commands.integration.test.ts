import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../execution/step-spec.ts';
import { runCommands, type RunCommandsOptions } from './run-commands.ts';

function run(commands: readonly CommandSpec[], options: Partial<RunCommandsOptions> = {}) {
  const lines: string[] = [];
  const progress: string[] = [];
  const result = runCommands(commands, {
    signal: new AbortController().signal,
    graceMs: 1000,
    sudo: false,
    env: process.env,
    cwd: tmpdir(),
    onOutput: (_stream, text) => lines.push(text),
    onProgress: (percent, message) => progress.push(`${Math.round(percent)}% ${message}`),
    ...options,
  });
  return { result, lines, progress };
}

describe('runCommands', () => {
  it('runs them one after the other, and keeps the output of all', async () => {
    const { result, lines } = run([{ cmd: ['echo', 'one'] }, { cmd: ['echo', 'two'] }]);
    expect(await result).toEqual({
      ok: true,
      value: {
        done: [
          { exitCode: 0, output: 'one' },
          { exitCode: 0, output: 'two' },
        ],
        output: 'one\ntwo',
      },
    });
    expect(lines).toEqual(['one', 'two']);
  });

  it('ends with the first that fails', async () => {
    const { result, lines } = run([
      { cmd: ['echo', 'one'] },
      { cmd: ['sh', '-c', 'echo two; exit 9'] },
      { cmd: ['echo', 'three'] },
    ]);
    expect(await result).toMatchObject({
      ok: false,
      failure: { code: 'step/command-failed', exitCode: 9, output: 'one\ntwo' },
    });
    expect(lines).toEqual(['one', 'two']);
  });

  it('says before each what it is about, without its arguments', async () => {
    const { result, progress } = run([
      { cmd: ['true'], description: 'Fetch the list', phase: 'download' },
      { cmd: ['/bin/true', '--password=hunter2'] },
      { cmd: ['true'], stepName: 'install', stepNumber: 7, totalSteps: 9 },
    ]);
    await result;
    expect(progress).toEqual([
      '0% 1 of 3: Fetch the list (download)',
      '33% 2 of 3: true',
      '67% 7 of 9: install',
    ]);
  });

  it('runs none more once it is called off', async () => {
    const controller = new AbortController();
    const { result, lines } = run(
      [{ cmd: ['sh', '-c', 'echo one; exec sleep 1000'] }, { cmd: ['echo', 'two'] }],
      {
        signal: controller.signal,
        onOutput: (_stream, text) => {
          lines.push(text);
          controller.abort();
        },
      },
    );
    expect(await result).toMatchObject({ failure: { code: 'step/cancelled' } });
    expect(lines).toEqual(['one']);
  });

  it('ESS-009 counts packages in the output of all of them, also where it is a flood', async () => {
    const { result, lines } = run(
      [
        { cmd: ['echo', 'Setting up one; Setting up two'] },
        { cmd: ['sh', '-c', 'for i in $(seq 2000); do echo "Setting up p$i"; done; echo else'] },
      ],
      { packagesPattern: String.raw`Setting up \S+` },
    );
    expect(await result).toMatchObject({ ok: true, value: { packagesUpdated: 2002 } });
    expect(lines.length).toBeLessThan(1000);
  });

  it('ESS-009 counts none where nothing matches', async () => {
    const { result } = run([{ cmd: ['true'] }], { packagesPattern: 'Setting up' });
    expect(await result).toMatchObject({ value: { packagesUpdated: 0 } });
  });
});
