import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared';
import type { WorkEvent } from '../../execution/engine/step-performer.ts';
import { commandExecutor } from './command-executor.ts';

async function execute(config: JsonObject, signal = new AbortController().signal) {
  const events: WorkEvent[] = [];
  const result = await commandExecutor().execute(
    { type: 'command', config },
    {
      executionId: 'x',
      stepName: 'do it',
      attempt: 1,
      signal,
      onEvent: (event) => events.push(event),
    },
  );
  return { result, events };
}

describe('the executor of commands', () => {
  it('gives the exit code and the output of a program', async () => {
    const { result, events } = await execute({
      cmd: ['sh', '-c', 'echo out; exit 4'],
      ignoreExitCodes: [4],
      description: 'Look',
    });
    expect(result).toEqual({
      success: true,
      outputs: { exitCode: 4, output: 'out' },
      logs: [{ level: 'info', text: 'out' }],
      metrics: { durationSeconds: expect.any(Number) as number, outputLines: 1 },
    });
    expect(events).toEqual([
      { type: 'progress', message: 'Look' },
      { type: 'output', stream: 'stdout', text: 'out' },
    ]);
  });

  it('gives them with a failure, too', async () => {
    const { result } = await execute({ cmd: ['sh', '-c', 'echo no >&2; exit 4'] });
    expect(result).toMatchObject({
      success: false,
      outputs: { exitCode: 4, output: 'no' },
      logs: [{ level: 'warn', text: 'no' }],
      error: { code: 'step/command-failed', message: '"sh" ended with exit code 4: no' },
    });
  });

  it('keeps the last 100 lines in its result', async () => {
    const { result } = await execute({ cmd: ['seq', '150'] });
    expect(result.logs.map(({ text }) => text)).toEqual(
      Array.from({ length: 100 }, (_, i) => `${i + 51}`),
    );
  });

  it('ends when it is called off', async () => {
    const { result } = await execute({ cmd: ['sleep', '1000'] }, AbortSignal.timeout(50));
    expect(result.error?.code).toBe('step/cancelled');
  });

  it('runs nothing with a wrong config', async () => {
    const { result, events } = await execute({ cmd: 'echo hi' });
    expect(result.error).toEqual({
      code: 'execution/bad-work',
      message: 'The config is wrong: /cmd must be array, not "echo hi".',
    });
    expect(events).toEqual([]);
  });
});
