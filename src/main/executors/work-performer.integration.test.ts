import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { StepWork } from '../execution/step-spec.ts';
import { commandExecutor } from './command/command-executor.ts';
import { createWorkRegistry } from './registry.ts';
import { callOf } from './testing/step-call.test-support.ts';
import type { WorkExecutor } from './work-executor.ts';
import { createWorkPerformer } from './work-performer.ts';

function performer(...executors: readonly WorkExecutor[]) {
  const registry = createWorkRegistry();
  for (const executor of [commandExecutor(), ...executors]) registry.register(executor);
  return createWorkPerformer({ registry, cwd: tmpdir(), env: process.env, graceMs: 1000 });
}

const commands = (...scripts: readonly string[]): StepWork => ({
  kind: 'commands',
  commands: scripts.map((script) => ({ cmd: ['sh', '-c', script] })),
});
const work = (type: string, config = {}): StepWork => ({ kind: 'work', item: { type, config } });

/** A fake executor that does what it is given here. */
function fakeExecutor(execute: WorkExecutor['execute']): WorkExecutor {
  return {
    ...commandExecutor(),
    getMetadata: () => ({ name: 'fake', version: '1.0.0', description: 'A fake.' }),
    getSupportedTypes: () => ['fake'],
    canExecute: (type) => type === 'fake',
    getSchema: () => ({}),
    validate: () => [],
    execute,
  };
}
const NOTHING = { success: true, outputs: {}, logs: [], metrics: { durationSeconds: 0 } };

describe('a step of commands in the app', () => {
  it('SINT-001 runs them, and says what they say', async () => {
    const { call, events } = callOf('work', commands('echo one', 'echo two >&2'));
    expect(await performer().perform(call)).toEqual({ ok: true, value: {} });
    expect(events).toEqual([
      { type: 'progress', percent: 0, message: '1 of 2: sh' },
      { type: 'output', stream: 'stdout', text: 'one' },
      { type: 'progress', percent: 50, message: '2 of 2: sh' },
      { type: 'output', stream: 'stderr', text: 'two' },
    ]);
  });

  it('fails with the failure of a command', async () => {
    const { call } = callOf('work', commands('exit 2'));
    expect(await performer().perform(call)).toMatchObject({
      failure: { code: 'step/command-failed', message: '"sh" ended with exit code 2.' },
    });
  });

  it('SINT-002 runs them with privileges where the step asks for that', async () => {
    const { call } = callOf('work', commands('true'), { sudo: true });
    const performer = createWorkPerformer({
      registry: createWorkRegistry(),
      cwd: tmpdir(),
      env: process.env,
      graceMs: 0,
      uid: undefined,
    });
    expect(await performer.perform(call)).toMatchObject({ failure: { code: 'step/sudo-denied' } });
  });

  it('ESS-009 counts packages in their output', async () => {
    const fields = { packagesPattern: 'upgraded' };
    const { call } = callOf(
      'work',
      commands('echo upgraded; echo upgraded', 'echo upgraded'),
      fields,
    );
    expect(await performer().perform(call)).toEqual({ ok: true, value: { packagesUpdated: 3 } });
  });

  it('ends when it is called off', async () => {
    const { call, abort } = callOf('work', commands('exec sleep 1000'));
    const performed = performer().perform(call);
    abort();
    expect(await performed).toMatchObject({ failure: { code: 'step/cancelled' } });
  });
});

describe('a step with work for an executor', () => {
  it('gives its outputs and its metrics', async () => {
    const { call, events } = callOf('work', work('command', { cmd: ['echo', 'hi'] }));
    expect(await performer().perform(call)).toEqual({
      ok: true,
      value: { outputs: { exitCode: 0, output: 'hi' } },
    });
    expect(events).toContainEqual({ type: 'output', stream: 'stdout', text: 'hi' });
    expect(events).toContainEqual({ type: 'metric', name: 'outputLines', value: 1 });
  });

  it('fails with the failure of the work', async () => {
    const { call } = callOf('work', work('command', { cmd: ['false'] }));
    expect(await performer().perform(call)).toMatchObject({
      failure: { code: 'step/command-failed' },
    });
  });

  it('ESS-009 counts packages in all of its output', async () => {
    const config = { cmd: ['sh', '-c', 'for i in $(seq 2000); do echo upgraded; done'] };
    const { call } = callOf('work', work('command', config), { packagesPattern: 'upgraded' });
    expect(await performer().perform(call)).toMatchObject({ value: { packagesUpdated: 2000 } });
  });

  it('ESS-009 counts packages in what an executor says, where it gives no lines', async () => {
    const executor = fakeExecutor((_work, { onEvent }) => {
      onEvent({ type: 'output', stream: 'stdout', text: 'upgraded\nupgraded\n' });
      return Promise.resolve(NOTHING);
    });
    const { call } = callOf('work', work('fake'), { packagesPattern: '^upgraded$' });
    expect(await performer(executor).perform(call)).toMatchObject({
      value: { packagesUpdated: 2 },
    });
  });

  it('needs an executor', async () => {
    const { call } = callOf('work', work('ftp'));
    expect(await performer().perform(call)).toEqual({
      ok: false,
      failure: {
        code: 'execution/no-executor',
        message: 'No executor does work of the type "ftp", which the step "step" wants.',
      },
    });
  });

  it('is not begun with a wrong config', async () => {
    const { call, events } = callOf(
      'work',
      work('command', { cmd: [], timeoutSeconds: '${{ x }}' }),
    );
    expect(await performer().perform(call)).toEqual({
      ok: false,
      failure: {
        code: 'execution/bad-work',
        message:
          'The config of the step "step" is wrong: /cmd must NOT have fewer than 1 items; /timeoutSeconds must be number, not "${{ x }}".',
      },
    });
    expect(events).toEqual([]);
  });

  it('fails where its executor throws', async () => {
    const executor = fakeExecutor(() => Promise.reject(new Error('a bug')));
    const { call } = callOf('work', work('fake'));
    expect(await performer(executor).perform(call)).toMatchObject({
      failure: { code: 'step/failed', message: 'a bug' },
    });
  });
});

describe('what only a plugin can do', () => {
  it('is refused: the work of a function', async () => {
    const { call } = callOf('work', { kind: 'run' });
    expect(await performer().perform(call)).toMatchObject({
      failure: {
        code: 'step/failed',
        message: 'The step "step" is a function, and no plugin that has it runs here.',
      },
    });
  });

  it('is refused: its functions beside the work', async () => {
    const { call } = callOf('check', commands('true'));
    expect(await performer().ask(call)).toMatchObject({
      failure: { message: 'The step "step" has no "check" here.' },
    });
  });
});
