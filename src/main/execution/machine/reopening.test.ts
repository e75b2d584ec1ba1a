import { describe, expect, it } from 'vitest';
import { aStep } from '../graph/step.test-support.ts';
import { MachineRig } from './machine.test-support.ts';

describe('clean-up of an execution that is opened again', () => {
  const steps = [
    aStep('a'),
    aStep('b', { dependsOn: ['a'] }),
    aStep('tidy', { always: true, dependsOn: ['b'] }),
  ];

  it('runs again at the end, since something ran again', () => {
    const rig = new MachineRig(steps).begin();
    rig.completes('a').fails('b').completes('tidy');
    rig.story();

    rig.control({ type: 'resume' }).completes('b');
    expect(rig.story().slice(-2)).toEqual(['b completed', 'tidy runs']);
    expect(rig.completes('tidy').story()).toEqual(['tidy completed', '= completed']);
  });

  it('does not run again for a single step that is run alone', () => {
    const rig = new MachineRig(steps).begin();
    rig.completes('a').fails('b').completes('tidy');
    rig.story();

    rig.control({ type: 'run', step: 'a' }).completes('a');
    expect(rig.story().slice(-2)).toEqual(['a completed', '= failed']);
  });
});
