import { describe, expect, it } from 'vitest';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import { MachineRig, resultOf } from './machine.test-support.ts';

const after = (name: string, ...dependsOn: readonly string[]) => aStep(name, { dependsOn });
const holding = (name: string, ...mutexes: readonly string[]) => aStep(name, { mutexes });

/** Lets every step complete as it runs, and gives the order in which they began. */
function orderOf(steps: readonly StepSpec[], concurrency = 1): readonly string[] {
  const rig = new MachineRig(steps, { concurrency }).begin();
  for (;;) {
    const running = rig.machine.nodes().find(({ status }) => status === 'running');
    if (running === undefined) break;
    rig.completes(running.name);
  }
  expect(rig.machine.status).toBe('completed');
  return rig.journal.flatMap((record) => (record.type === 'step.running' ? [record.step] : []));
}

describe('an execution', () => {
  it('SES-001 stands at pending, with nothing done, before it begins', () => {
    const { machine } = new MachineRig([aStep('a'), aStep('b')]);

    expect(machine.status).toBe('pending');
    expect(machine.progress).toBe(0);
    expect(machine.nodes()).toMatchObject([
      { name: 'a', status: 'pending', attempts: 0, result: undefined },
      { name: 'b', status: 'pending', attempts: 0, result: undefined },
    ]);
  });

  it('SES-002 keeps track of the steps that have completed', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a'), after('c', 'b')]).begin();

    expect(rig.completes('a').standing()).toEqual(['a completed', 'b running', 'c pending']);
    expect(rig.completes('b').standing()).toEqual(['a completed', 'b completed', 'c running']);
  });

  it('SES-003 keeps the results of steps', () => {
    const rig = new MachineRig([aStep('a')]).begin().completes('a', { path: '/opt' }, ['token']);

    expect(rig.machine.node('a')).toMatchObject({
      attempts: 1,
      result: { stepName: 'a', success: true, outputs: { path: '/opt' } },
      secretOutputs: ['token'],
      startedAt: 1000,
    });
  });

  it('ESS-001 runs a single step, and has completed with it', () => {
    const rig = new MachineRig([aStep('a')]).begin();

    expect(rig.story()).toEqual(['= running', 'a runs']);
    expect(rig.completes('a').story()).toEqual(['a completed', '= completed']);
  });

  it('without steps has completed at once', () => {
    expect(new MachineRig([]).begin().story()).toEqual(['= running', '= completed']);
  });

  it('ESS-004 counts a step that is done already as a success, and goes on', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a')]).begin();
    rig.story();

    expect(rig.isSkipped('a').story()).toEqual(['a skipped: check', 'b runs']);
  });

  it('begins what follows in the decision that ends a step', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a')]).begin();
    const decided = rig.machine.handle({
      type: 'settled',
      step: 'a',
      outcome: { kind: 'completed', result: resultOf('a') },
      random: 0,
      at: 5,
    });

    expect(decided).toMatchObject({
      value: {
        records: [{ type: 'step.ended' }, { type: 'step.running', step: 'b', attempt: 1 }],
        actions: [{ type: 'run', step: 'b', attempt: 1 }],
      },
    });
  });

  it('takes no result of a step that does not run', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a')]).begin();

    expect(() => rig.completes('b')).toThrow('The step "b" does not run.');
  });
});

describe('the order of steps', () => {
  it('ESS-002 DEP-005 is the declared one where nothing depends on anything', () => {
    expect(orderOf([aStep('c'), aStep('a'), aStep('b')])).toEqual(['c', 'a', 'b']);
  });

  it('ESS-003 has dependencies first, whatever is declared first', () => {
    expect(orderOf([after('c', 'b'), after('b', 'a'), aStep('a')])).toEqual(['a', 'b', 'c']);
  });

  it('DEP-001 follows a line', () => {
    const line = [aStep('a'), after('b', 'a'), after('c', 'b'), after('d', 'c')];

    expect(orderOf(line, 4)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('DEP-002 runs the sides of a diamond between its ends', () => {
    const diamond = [aStep('top'), after('left', 'top'), after('right', 'top')];
    const rig = new MachineRig([...diamond, after('bottom', 'left', 'right')]).begin();
    rig.story();

    expect(rig.completes('top').story()).toEqual(['top completed', 'left runs', 'right runs']);
    expect(rig.completes('right').story()).toEqual(['right completed']);
    expect(rig.completes('left').story()).toEqual(['left completed', 'bottom runs']);
  });

  it('prefers what was declared earlier among those that are ready', () => {
    const steps = [aStep('a'), after('b', 'a'), aStep('c'), aStep('d')];

    expect(orderOf(steps)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is found for a line of 10,000 steps', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `s${index}`);
    const line = names.map((name, index) => after(name, ...names.slice(index - 1, index)));
    const rig = new MachineRig(line).begin();
    for (const name of names) rig.completes(name);

    expect(rig.machine.status).toBe('completed');
  });
});

describe('concurrency', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((name) => aStep(name));

  it('is how many steps run at a time', () => {
    const rig = new MachineRig(five, { concurrency: 2 }).begin();

    expect(rig.story()).toEqual(['= running', 'a runs', 'b runs']);
    expect(rig.completes('b').story()).toEqual(['b completed', 'c runs']);
  });

  it('may be unlimited', () => {
    const rig = new MachineRig(five, { concurrency: Infinity }).begin();

    expect(rig.story()).toHaveLength(6);
  });
});

describe('mutexes', () => {
  it('are asked for before a step runs, and given back as soon as it has ended', () => {
    const rig = new MachineRig([holding('a', 'apt', 'disk'), after('b', 'a')]).begin();

    expect(rig.story()).toEqual(['= running', 'acquire apt, disk for a']);
    expect(rig.isGranted('a').story()).toEqual(['a runs']);
    expect(rig.completes('a').story()).toEqual(['a completed', 'b runs', 'release a']);
  });

  it('take no place while they are waited for', () => {
    const steps = [holding('a', 'apt'), aStep('b'), aStep('c')];
    const rig = new MachineRig(steps, { concurrency: 2 }).begin();

    expect(rig.story()).toEqual(['= running', 'b runs', 'c runs', 'acquire apt for a']);
  });

  it('bring a step forward, once they are held, before others that are ready', () => {
    const steps = [holding('a', 'apt'), aStep('b'), aStep('c')];
    const rig = new MachineRig([...steps, aStep('d')], { concurrency: 2 }).begin().isGranted('a');
    rig.story();

    expect(rig.completes('b').story()).toEqual(['b completed', 'a runs']);
  });

  it('hold back later steps in strict order', () => {
    const rig = new MachineRig([holding('a', 'apt'), aStep('b')], { concurrency: 1 }).begin();

    expect(rig.story()).toEqual(['= running', 'acquire apt for a']);
    expect(rig.isGranted('a').story()).toEqual(['a runs']);
  });

  it('are not held between two attempts', () => {
    const backoff = { initialSeconds: 2, maxSeconds: 30 };
    const step = aStep('a', { mutexes: ['apt'], retry: { maxAttempts: 2, backoff } });
    const rig = new MachineRig([step]).begin().isGranted('a');
    rig.story();

    expect(rig.fails('a').story()).toEqual(['a failed (1)', 'release a', 'wait 1000 ms for a']);
    expect(rig.isDue('a').story()).toEqual(['acquire apt for a']);
    expect(rig.isGranted('a').story()).toEqual(['a runs again (2)']);
  });
});
