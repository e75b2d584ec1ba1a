import { describe, expect, it } from 'vitest';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import { MachineRig } from './machine.test-support.ts';

const after = (name: string, ...dependsOn: readonly string[]) => aStep(name, { dependsOn });
const once = (name: string, fields: Partial<StepSpec> = {}) =>
  aStep(name, { idempotent: false, ...fields });

describe('after a crash', () => {
  it('no completed step runs again, and one that was under way does, with the same attempt', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a')]).begin().completes('a');
    rig.story();

    expect(rig.crash().story()).toEqual(['recovered: b']);
    expect(rig.begin().story()).toEqual(['b runs']);
    expect(rig.completes('b').machine.status).toBe('completed');
  });

  it('nothing begins before it is begun', () => {
    const rig = new MachineRig([aStep('a'), aStep('b')], { concurrency: 1 }).begin().crash();
    rig.story();

    expect(rig.control({ type: 'skip', step: 'a' }).story()).toEqual(['a skipped: person']);
    expect(rig.begin().story()).toEqual(['b runs']);
  });

  it('a step that must not run twice waits for a person, while others go on', () => {
    const rig = new MachineRig([once('a'), aStep('b'), after('c', 'b'), after('d', 'a')]).begin();
    rig.completes('b').story();

    expect(rig.crash().story()).toEqual(['a interrupted', 'recovered: c', '= interrupted']);
    expect(rig.begin().story()).toEqual(['c runs']);
    expect(rig.completes('c').story()).toEqual(['c completed']);
    expect(rig.refused({ type: 'resume' }).message).toBe(
      '"resume" makes no sense now: the execution is interrupted. Retry or skip the step "a".',
    );
  });

  it('such a step is retried or skipped', () => {
    const crashed = () => {
      const rig = new MachineRig([once('a'), after('b', 'a')]).begin().crash().begin();
      rig.story();
      return rig;
    };

    expect(crashed().control({ type: 'retry', step: 'a' }).story()).toEqual([
      'reset: a',
      '= running',
      'a runs',
    ]);
    expect(crashed().control({ type: 'skip', step: 'a' }).story()).toEqual([
      'a skipped: person',
      '= running',
      'b runs',
    ]);
  });

  it('such a step is skipped where nobody is there', () => {
    const rig = new MachineRig([once('a'), after('b', 'a')]).begin();
    rig.story();

    expect(rig.crash({ headless: true }).story()).toEqual(['a skipped: interrupted']);
    expect(rig.begin().story()).toEqual(['b runs']);
  });

  it('such a step runs again where its guard was asked and its work had not begun', () => {
    const guarded = once('a', { has: { ...aStep('a').has, check: true } });
    const rig = new MachineRig([guarded]).begin();

    expect(rig.crash().story()).toContain('recovered: a');
    expect(rig.begin().works('a').crash().story()).toContain('a interrupted');
  });

  it('the work of other steps is not written down', () => {
    const rig = new MachineRig([aStep('a'), once('b')]).begin();
    rig.story();

    expect(rig.works('a').works('b').story()).toEqual([]);
  });

  it('what waited for its next attempt is ready at once', () => {
    const backoff = { initialSeconds: 30, maxSeconds: 30 };
    const rig = new MachineRig([aStep('a', { retry: { maxAttempts: 2, backoff } })]).begin();
    rig.fails('a').crash().story();

    expect(rig.begin().story()).toEqual(['a runs again (2)']);
  });

  it('a stop that was under way goes on as a stop', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a'), aStep('z', { always: true })]).begin();
    rig.control({ type: 'stop' }).story();

    expect(rig.crash().story()).toEqual(['a cancelled']);
    expect(rig.begin().story()).toEqual(['z runs']);
    expect(rig.completes('z').story()).toContain('= cancelled (cancelled)');
  });

  it('a skip that was under way goes on as a skip', () => {
    const rig = new MachineRig([aStep('a')]).begin().control({ type: 'skip', step: 'a' });
    rig.story();

    expect(rig.crash().story()).toEqual(['a skipped: person']);
  });

  it('an undo that was under way is done again', () => {
    const undoable = (name: string) => aStep(name, { has: { ...aStep(name).has, undo: true } });
    const rig = new MachineRig([undoable('a'), undoable('b')], { concurrency: 1, rollback: true });
    rig.begin().completes('a').fails('b').isUndone('b').crash().story();

    expect(rig.begin().story()).toEqual(['undo a']);
    expect(rig.isUndone('a').story()).toEqual(['undone a', '= failed']);
  });

  it('a failure is carried through of which only the first record was written', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a'), aStep('c')], { concurrency: 1 });
    rig.begin().fails('a');
    const kept = rig.journal.findIndex((record) => record.type === 'step.ended') + 1;
    rig.story();

    expect(rig.crash({ kept }).story()).toEqual(['blocked: b', 'cancelled: c']);
    expect(rig.begin().story()).toEqual(['= failed']);
  });

  it('a step that was under way ends, though another had failed', () => {
    const rig = new MachineRig([aStep('a'), aStep('b')]).begin().fails('a').crash();
    rig.story();

    expect(rig.begin().story()).toEqual(['b runs']);
    expect(rig.completes('b').story()).toEqual(['b completed', '= failed']);
  });

  it('steps whose secrets are needed run again, because secrets are kept nowhere', () => {
    const steps = [aStep('login'), after('a', 'login'), aStep('key'), after('b', 'a')];
    const rig = new MachineRig(steps).begin();
    rig.completes('login', {}, ['token']).completes('key', {}, ['pin']).completes('a').story();

    expect(rig.crash().story()).toEqual(['recovered: b', 'reset: login']);
    expect(rig.begin().story()).toEqual(['login runs']);
    expect(rig.completes('login').story()).toEqual(['login completed', 'b runs']);
  });

  it('what is final or paused stays so', () => {
    const paused = new MachineRig([aStep('a')]).begin().control({ type: 'pause' }).crash();
    expect(paused.begin().machine.status).toBe('paused');
    const ended = new MachineRig([aStep('a')]).begin().completes('a');
    ended.story();
    expect(ended.crash().begin().story()).toEqual([]);
    expect(ended.control({ type: 'resume', from: 'a' }).story()).toContain('a runs');
  });

  it('a snapshot serves as well as all records', () => {
    const rig = new MachineRig([aStep('a'), after('b', 'a')]).begin().completes('a');
    rig.story();

    expect(rig.restore().story()).toEqual(['recovered: b']);
    expect(rig.begin().standing()).toEqual(['a completed', 'b running']);
    expect(rig.machine.progress).toBe(50);
  });
});
