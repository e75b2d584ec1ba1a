import { describe, expect, it } from 'vitest';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import { MachineRig } from './machine.test-support.ts';

const step = (name: string, fields: Partial<StepSpec> = {}) => aStep(name, fields);
const after = (name: string, ...dependsOn: readonly string[]) => aStep(name, { dependsOn });
const undoable = (name: string, fields: Partial<StepSpec> = {}) =>
  aStep(name, { ...fields, has: { ...aStep(name).has, undo: true } });
const retrying = (name: string, maxAttempts: number) =>
  aStep(name, { retry: { maxAttempts, backoff: { initialSeconds: 1, maxSeconds: 3 } } });

describe('a failure', () => {
  it('ESS-005 stops what has not started, lets what runs end, and blocks its dependents', () => {
    const steps = [step('a'), step('b'), after('c', 'a'), after('d', 'c'), step('e')];
    const rig = new MachineRig(steps, { concurrency: 2 }).begin();
    rig.story();

    expect(rig.fails('a').story()).toEqual(['a failed', 'blocked: c, d', 'cancelled: e']);
    expect(rig.completes('b').story()).toEqual(['b completed', '= failed']);
    expect(rig.machine.failedStep).toBe('a');
    expect(rig.machine.node('d')).toMatchObject({ status: 'blocked', reason: 'a' });
  });

  it('blocks only its dependents where it is isolated, and the execution completes', () => {
    const steps = [step('a', { onError: 'continue' }), after('b', 'a'), step('c'), after('d', 'c')];
    const rig = new MachineRig(steps, { concurrency: 1 }).begin();
    rig.story();

    expect(rig.fails('a').story()).toEqual(['a failed', 'blocked: b', 'c runs']);
    rig.completes('c').completes('d');
    expect(rig.machine.status).toBe('completed');
    expect(rig.machine.progress).toBe(100);
    expect(rig.machine.failedStep).toBeUndefined();
  });

  it('is what a step comes to that says it was called off when nobody did', () => {
    const rig = new MachineRig([step('a'), after('b', 'a')]).begin();
    rig.story();

    expect(rig.isCancelled('a').story()).toEqual(['a failed', 'blocked: b', '= failed']);
  });
});

describe('a retry', () => {
  it('waits with jitter up to a limit that doubles, and never over the maximum', () => {
    const rig = new MachineRig([retrying('a', 4)]).begin();
    const waits = [1, 2, 3].map(() => {
      const [wait] = rig.fails('a', { random: 0.5 }).story().slice(-1);
      rig.isDue('a').story();
      return wait;
    });

    expect(waits).toEqual(['wait 500 ms for a', 'wait 1000 ms for a', 'wait 1500 ms for a']);
  });

  it('takes no place while it waits, and is shown as pending', () => {
    const rig = new MachineRig([retrying('a', 2), step('b')], { concurrency: 1 }).begin();
    rig.story();

    expect(rig.fails('a').story()).toEqual(['a failed (1)', 'b runs', 'wait 500 ms for a']);
    expect(rig.machine.node('a')).toMatchObject({ status: 'pending', waiting: true, attempts: 1 });
    expect(rig.isDue('a').story()).toEqual([]);
    expect(rig.completes('b').story()).toEqual(['b completed', 'a runs again (2)']);
  });

  it('fails with the last attempt', () => {
    const rig = new MachineRig([retrying('a', 2)]).begin().fails('a').isDue('a');
    rig.story();

    expect(rig.fails('a').story()).toEqual(['a failed', '= failed']);
  });

  it('does not happen where the failure is final', () => {
    const rig = new MachineRig([retrying('a', 2)]).begin();
    rig.story();

    expect(rig.fails('a', { final: true }).story()).toEqual(['a failed', '= failed']);
  });

  it('does not happen once another failure has stopped what has not started', () => {
    const rig = new MachineRig([retrying('a', 2), step('b'), retrying('c', 2)]).begin();
    rig.fails('a').story();

    expect(rig.fails('b').story()).toEqual(['b failed', 'cancelled: a', 'cancel-wait a']);
    expect(rig.fails('c').story()).toEqual(['c failed', '= failed']);
    expect(rig.isDue('a').story()).toEqual([]);
  });
});

describe('undoing', () => {
  const steps = [undoable('a'), undoable('b', { dependsOn: ['a'] }), step('c'), after('d', 'b')];

  it('takes back what was done, newest first, when an execution with rollback fails', () => {
    const rig = new MachineRig(steps, { rollback: true }).begin();
    rig.completes('a').completes('b').completes('c').story();

    expect(rig.fails('d').story()).toEqual(['d failed', 'undo b']);
    expect(rig.isUndone('b').story()).toEqual(['undone b', 'undo a']);
    expect(rig.isUndone('a').story()).toEqual(['undone a', '= failed']);
  });

  it('does not happen at a failure without rollback', () => {
    const rig = new MachineRig(steps).begin().completes('a').completes('b').completes('c');
    rig.story();

    expect(rig.fails('d').story()).toEqual(['d failed', '= failed']);
  });

  it('goes on after an undo that failed', () => {
    const rig = new MachineRig(steps, { rollback: true }).begin();
    rig.completes('a').completes('b').completes('c').fails('d').story();

    expect(rig.isUndone('b', 'disk full').story()).toEqual(['not undone b', 'undo a']);
  });

  it('includes a step that failed, and leaves out one that was done already', () => {
    const rig = new MachineRig([undoable('a'), undoable('b')], { rollback: true }).begin();
    rig.isSkipped('a').story();

    expect(rig.fails('b').story()).toEqual(['b failed', 'undo b']);
    expect(rig.isUndone('b').story()).toEqual(['undone b', '= failed']);
  });
});

describe('clean-up', () => {
  const cleanUp = (name: string, ...dependsOn: readonly string[]) =>
    aStep(name, { always: true, dependsOn });

  it('runs at the end of what went well', () => {
    const rig = new MachineRig([cleanUp('z'), step('a'), step('b')]).begin();
    rig.completes('a').story();

    expect(rig.completes('b').story()).toEqual(['b completed', 'z runs']);
    expect(rig.completes('z').story()).toEqual(['z completed', '= completed']);
  });

  it('runs after a failure, also where it depends on what failed, after all undoing', () => {
    const rig = new MachineRig([undoable('a'), cleanUp('z', 'a')], { rollback: true }).begin();
    rig.story();

    expect(rig.fails('a').story()).toEqual(['a failed', 'undo a']);
    expect(rig.isUndone('a').story()).toEqual(['undone a', 'z runs']);
    expect(rig.completes('z').story()).toEqual(['z completed', '= failed']);
  });

  it('waits for the clean-up it depends on, and runs though that failed', () => {
    const rig = new MachineRig([step('a'), cleanUp('y'), cleanUp('z', 'y')]).begin();
    rig.completes('a').story();

    expect(rig.fails('y').story()).toEqual(['y failed', 'z runs']);
    expect(rig.completes('z').story()).toEqual(['z completed', '= failed']);
    expect(rig.machine.failedStep).toBe('y');
  });

  it('is tried again as other steps are', () => {
    const rig = new MachineRig([step('a'), { ...retrying('z', 2), always: true }]).begin();
    rig.fails('a').story();

    expect(rig.fails('z').story()).toEqual(['z failed (1)', 'wait 500 ms for z']);
    expect(rig.isDue('z').story()).toEqual(['z runs again (2)']);
  });
});
