import { describe, expect, it } from 'vitest';
import { aStep } from '../graph/step.test-support.ts';
import { MachineRig } from './machine.test-support.ts';

const three = [aStep('a'), aStep('b', { dependsOn: ['a'] }), aStep('c', { dependsOn: ['b'] })];

describe('progress', () => {
  it('is the weight of what has ended, in whole percent, rounded down', () => {
    const rig = new MachineRig(three, { weights: [1, 1, 1] }).begin().completes('a');
    expect(rig.machine.progress).toBe(33);
    expect(rig.completes('b').machine.progress).toBe(66);
    expect(rig.isSkipped('c').machine.progress).toBe(100);
  });

  it('counts what a running step says, and writes down each whole percent', () => {
    const rig = new MachineRig(three, { weights: [2, 1, 1] }).begin();
    rig.story();

    expect(rig.says('a', 50).story()).toEqual(['25 %']);
    expect(rig.says('a', 50.5).story()).toEqual([]);
    expect(rig.machine.node('a')?.percent).toBe(50.5);
    expect(rig.completes('a').story()).toEqual(['a completed', 'b runs']);
    expect(rig.machine.progress).toBe(50);
  });

  it('is ignored of a step that does not run, and kept within 0 and 100', () => {
    const rig = new MachineRig(three).begin();
    rig.says('b', 50).says('a', 500);

    expect(rig.machine.node('b')?.percent).toBeUndefined();
    expect(rig.machine.node('a')?.percent).toBe(100);
    expect(rig.machine.progress).toBe(33);
  });

  it('never falls: not with a failed attempt, and not with a step that runs again', () => {
    const backoff = { initialSeconds: 1, maxSeconds: 1 };
    const rig = new MachineRig([aStep('a', { retry: { maxAttempts: 2, backoff } })]).begin();
    rig.says('a', 80).fails('a').isDue('a').says('a', 10);
    expect(rig.machine.progress).toBe(80);

    rig.completes('a').control({ type: 'resume', from: 'a' });
    expect(rig.machine.progress).toBe(100);
  });

  it('is the same after a crash', () => {
    const rig = new MachineRig([aStep('a'), aStep('b')]).begin().says('a', 30).completes('b');
    expect(rig.machine.progress).toBe(65);

    expect(rig.crash().machine.progress).toBe(65);
  });

  it('of a container is the mean of its items', () => {
    const steps = [aStep('each', { forEach: [1, 2, 3, 4] }), aStep('b')];
    const rig = new MachineRig(steps).begin().expands('each', [1, 2, 3, 4]);

    expect(rig.completes('each[2]').machine.progress).toBe(12);
    expect(rig.says('each[0]', 100).machine.progress).toBe(25);
  });

  it('does not count what failed, and is whole where an execution completes all the same', () => {
    const rig = new MachineRig([aStep('a', { onError: 'continue' }), aStep('b')]).begin();

    expect(rig.fails('a').machine.progress).toBe(0);
    expect(rig.completes('b').machine.progress).toBe(100);
  });
});
