import { describe, expect, it } from 'vitest';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import { MachineRig } from './machine.test-support.ts';

const after = (name: string, ...dependsOn: readonly string[]) => aStep(name, { dependsOn });
const undoable = (name: string, fields: Partial<StepSpec> = {}) =>
  aStep(name, { ...fields, has: { ...aStep(name).has, undo: true } });
const line = [aStep('a'), after('b', 'a'), after('c', 'b')];

/** `line`, of which `b` failed. */
const failedLine = () => {
  const rig = new MachineRig([...line, aStep('d')], { concurrency: 1 }).begin();
  rig.completes('a').fails('b').story();
  return rig;
};

describe('pause', () => {
  it('lets running steps end and starts no more, until it is resumed', () => {
    const rig = new MachineRig(line).begin();
    rig.story();

    expect(rig.control({ type: 'pause' }).story()).toEqual(['= paused']);
    expect(rig.completes('a').story()).toEqual(['a completed']);
    expect(rig.control({ type: 'resume' }).story()).toEqual(['= running', 'b runs']);
  });

  it('gives back mutexes that are waited for, or held by a step that has not begun', () => {
    const steps = [aStep('a', { mutexes: ['m'] }), aStep('b', { mutexes: ['n'] }), aStep('c')];
    const rig = new MachineRig(steps, { concurrency: 1 }).begin();
    rig.story();

    expect(rig.control({ type: 'pause' }).story()).toEqual(['= paused', 'release a']);
    expect(rig.isGranted('a').story()).toEqual([]);
    expect(rig.control({ type: 'resume' }).story()).toEqual(['= running', 'acquire m for a']);
  });

  it('keeps what falls due ready', () => {
    const backoff = { initialSeconds: 1, maxSeconds: 1 };
    const rig = new MachineRig([aStep('a', { retry: { maxAttempts: 2, backoff } })]).begin();
    rig.fails('a').control({ type: 'pause' }).isDue('a').story();

    expect(rig.control({ type: 'resume' }).story()).toEqual(['= running', 'a runs again (2)']);
  });

  it('can come before the beginning', () => {
    const rig = new MachineRig(line).control({ type: 'pause' }).begin();

    expect(rig.story()).toEqual(['= paused']);
    expect(rig.control({ type: 'resume' }).story()).toEqual(['= running', 'a runs']);
  });

  it('holds back undoing and clean-up too', () => {
    const rig = new MachineRig([undoable('a'), aStep('z', { always: true })], { rollback: true });
    rig.begin().control({ type: 'pause' }).fails('a').story();

    expect(rig.control({ type: 'resume' }).story()).toEqual(['= running', 'undo a']);
  });
});

describe('stop', () => {
  it('aborts what runs, cancels what has not begun, undoes and cleans up', () => {
    const steps = [undoable('a'), undoable('b', { dependsOn: ['a'] }), after('c', 'b')];
    const rig = new MachineRig([...steps, aStep('z', { always: true })]).begin().completes('a');
    rig.story();

    expect(rig.control({ type: 'stop' }).story()).toEqual(['cancelled: c', 'abort b']);
    expect(rig.isCancelled('b').story()).toEqual(['b cancelled', 'undo b']);
    expect(rig.isUndone('b').story()).toEqual(['undone b', 'undo a']);
    expect(rig.isUndone('a').story()).toEqual(['undone a', 'z runs']);
    expect(rig.completes('z').story()).toEqual(['z completed', '= cancelled (cancelled)']);
  });

  it('counts as a failure where the time is up', () => {
    const rig = new MachineRig([aStep('a')]).begin();
    rig.control({ type: 'stop', reason: 'timeout' }).isCancelled('a');

    expect(rig.story()).toContain('= failed (timeout)');
  });

  it('drops waits and mutexes', () => {
    const backoff = { initialSeconds: 1, maxSeconds: 1 };
    const retrying = aStep('a', { retry: { maxAttempts: 2, backoff } });
    const rig = new MachineRig([retrying, aStep('b', { mutexes: ['m'] })]).begin().fails('a');
    rig.story();

    expect(rig.control({ type: 'stop' }).story()).toEqual([
      'cancelled: a, b',
      '= cancelled (cancelled)',
      'cancel-wait a',
      'release b',
    ]);
  });

  it('ends at once what is paused or has not begun', () => {
    expect(new MachineRig(line).control({ type: 'stop' }).story()).toEqual([
      'cancelled: a, b, c',
      '= cancelled (cancelled)',
    ]);
    const paused = new MachineRig(line).begin().control({ type: 'pause' }).completes('a');
    paused.story();
    expect(paused.control({ type: 'stop' }).story()).toEqual([
      'cancelled: b, c',
      '= running',
      '= cancelled (cancelled)',
    ]);
  });

  it('aborts clean-up when it comes in the midst of it', () => {
    const rig = new MachineRig(
      ['y', 'z'].map((name) => aStep(name, { always: true })),
      {
        concurrency: 1,
      },
    ).begin();
    rig.story();

    expect(rig.control({ type: 'stop' }).story()).toEqual(['cancelled: z', 'abort y']);
    expect(rig.isCancelled('y').story()).toEqual(['y cancelled', '= cancelled (cancelled)']);
  });
});

describe('resume', () => {
  it('runs again what failed, was blocked or cancelled', () => {
    expect(failedLine().control({ type: 'resume' }).story()).toEqual([
      '= running',
      'reset: b, c, d',
      'b runs',
    ]);
  });

  it('ESS-008 from a step runs that step and what depends on it, and keeps everything else', () => {
    const rig = new MachineRig([...line, aStep('d')]).begin();
    rig.completes('a').completes('b').completes('c').completes('d').story();

    expect(rig.control({ type: 'resume', from: 'b' }).story()).toEqual([
      '= running',
      'reset: b, c',
      'b runs',
    ]);
    expect(rig.standing()).toEqual(['a completed', 'b running', 'c pending', 'd completed']);
  });

  it('does what was undone again', () => {
    const rig = new MachineRig([undoable('a'), after('b', 'a')], { rollback: true }).begin();
    rig.completes('a').fails('b').isUndone('a').story();

    expect(rig.control({ type: 'resume' }).story()).toEqual(['= running', 'reset: a, b', 'a runs']);
  });
});

describe('skip', () => {
  it('counts a step that has not begun as done, once what it depends on is', () => {
    const rig = new MachineRig(line).begin();
    expect(rig.control({ type: 'skip', step: 'b' }).story()).toContain('b skipped: person');
    rig.story();

    expect(rig.completes('a').story()).toEqual(['a completed', 'c runs']);
    expect(rig.machine.node('b')).toMatchObject({ status: 'skipped', reason: 'person' });
  });

  it('aborts a running step, and counts it as skipped whatever comes back', () => {
    const rig = new MachineRig(line).begin();
    rig.story();

    expect(rig.control({ type: 'skip', step: 'a' }).story()).toEqual(['abort a']);
    expect(rig.fails('a').story()).toEqual(['a skipped: person', 'b runs']);
    expect(rig.machine.node('a')?.result).toMatchObject({ success: true, skipped: true });
    expect(rig.machine.node('a')?.result?.errorMessage).toBeUndefined();
  });

  it('opens a failed execution again for what the failure kept from running', () => {
    expect(failedLine().control({ type: 'skip', step: 'b' }).story()).toEqual([
      '= running',
      'b skipped: person',
      'reset: c, d',
      'c runs',
    ]);
  });

  it('leaves a cancelled execution as it is', () => {
    const rig = new MachineRig(line).begin().control({ type: 'stop' }).isCancelled('a');
    rig.story();

    expect(rig.control({ type: 'skip', step: 'b' }).story()).toEqual(['b skipped: person']);
    expect(rig.machine.status).toBe('cancelled');
  });
});

describe('retry', () => {
  it('runs a failed step again, and then what it kept from running', () => {
    const rig = failedLine();

    expect(rig.control({ type: 'retry', step: 'b' }).story()).toEqual([
      '= running',
      'reset: b, c, d',
      'b runs',
    ]);
    expect(rig.machine.node('b')?.attempts).toBe(1);
  });

  it('leaves blocked what another failure blocks', () => {
    const isolated = ['a', 'b'].map((name) => aStep(name, { onError: 'continue' }));
    const rig = new MachineRig([...isolated, after('c', 'a'), after('d', 'a', 'b')]).begin();
    rig.fails('a').fails('b').story();

    expect(rig.control({ type: 'retry', step: 'a' }).story()).toEqual([
      '= running',
      'reset: a, c',
      'a runs',
    ]);
  });
});

describe('run', () => {
  it('runs one step of a final execution and nothing else', () => {
    const rig = new MachineRig(line).begin().completes('a').completes('b').completes('c');
    rig.story();

    expect(rig.control({ type: 'run', step: 'b' }).story()).toEqual([
      '= running',
      'reset: b',
      'b runs',
    ]);
    expect(rig.completes('b').story()).toEqual(['b completed', '= completed']);
  });

  it('runs one step of a paused execution, which stays paused', () => {
    const rig = new MachineRig([...line, aStep('d')], { concurrency: 1 }).begin();
    rig.control({ type: 'pause' }).completes('a').story();

    expect(rig.control({ type: 'run', step: 'd' }).story()).toEqual(['reset: d', 'd runs']);
    expect(rig.completes('d').story()).toEqual(['d completed']);
    expect(rig.control({ type: 'resume' }).story()).toEqual(['= running', 'b runs']);
  });

  it('does not make good what was kept from running', () => {
    const rig = failedLine();
    rig.control({ type: 'run', step: 'b' }).completes('b').story();

    expect(rig.machine.status).toBe('failed');
    expect(rig.standing()).toEqual(['a completed', 'b completed', 'c blocked', 'd cancelled']);
  });

  it('asks for the mutexes of the step', () => {
    const rig = new MachineRig([aStep('a', { mutexes: ['m'] })]).begin().isGranted('a');
    rig.completes('a').story();

    expect(rig.control({ type: 'run', step: 'a' }).story()).toContain('acquire m for a');
    expect(rig.isGranted('a').story()).toEqual(['a runs']);
  });
});

describe('a control that makes no sense', () => {
  const running = () => new MachineRig(line).begin();
  const completed = () => running().completes('a').completes('b').completes('c');

  it.each([
    [{ type: 'pause' }, completed, '"pause" makes no sense now: the execution is completed.'],
    [{ type: 'stop' }, completed, '"stop" makes no sense now: the execution is completed.'],
    [{ type: 'resume' }, running, '"resume" makes no sense now: the execution is running.'],
    [
      { type: 'stop' },
      () => running().control({ type: 'stop' }),
      '"stop" makes no sense now: the execution is running. It is being stopped already.',
    ],
    [
      { type: 'resume', from: 'a' },
      running,
      '"resume" of the step "a" makes no sense now: the execution is running and the step is running.',
    ],
    [
      { type: 'skip', step: 'a' },
      completed,
      '"skip" of the step "a" makes no sense now: the execution is completed and the step is completed.',
    ],
    [
      { type: 'retry', step: 'c' },
      failedLine,
      '"retry" of the step "c" makes no sense now: the execution is failed and the step is blocked. ' +
        'It depends on the step "b", which failed.',
    ],
    [
      { type: 'resume', from: 'c' },
      failedLine,
      '"resume" of the step "c" makes no sense now: the execution is failed and the step is blocked. ' +
        'It depends on the step "b", which failed.',
    ],
    [
      { type: 'retry', step: 'b' },
      running,
      '"retry" of the step "b" makes no sense now: the execution is running and the step is pending.',
    ],
    [
      { type: 'run', step: 'b' },
      running,
      '"run" of the step "b" makes no sense now: the execution is running and the step is pending.',
    ],
    [
      { type: 'run', step: 'c' },
      failedLine,
      '"run" of the step "c" makes no sense now: the execution is failed and the step is blocked. ' +
        'It depends on the step "b", which is failed.',
    ],
  ] as const)('is a conflict that has the state: %j', (control, rigOf, message) => {
    expect(rigOf().refused(control)).toEqual({ code: 'execution/not-now', message });
  });

  it('is not found where there is no such step', () => {
    expect(running().refused({ type: 'skip', step: 'x' })).toEqual({
      code: 'execution/not-found',
      message: 'The execution has no step "x".',
    });
  });

  it('changes nothing', () => {
    const rig = running();
    const before = rig.machine.snapshot();
    rig.refused({ type: 'retry', step: 'a' });

    expect(rig.machine.snapshot()).toEqual(before);
  });
});
