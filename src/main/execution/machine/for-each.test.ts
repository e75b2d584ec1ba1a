import { describe, expect, it } from 'vitest';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import { MachineRig, resultOf } from './machine.test-support.ts';

const each = (fields: Partial<StepSpec> = {}) =>
  aStep('each', { forEach: '${{ inputs.items }}', ...fields });
const last = aStep('last', { dependsOn: ['each'] });

describe('a step for each item', () => {
  it('becomes a container, whose children run as steps of their own', () => {
    const rig = new MachineRig([each(), last], { concurrency: 2 }).begin();
    rig.story();

    expect(rig.expands('each', ['x', 'y', 'z']).story()).toEqual([
      'each has 3 items',
      'each[0] runs',
      'each[1] runs',
    ]);
    expect(rig.machine.node('each[1]')).toMatchObject({ partOf: 'each', item: 'y', index: 1 });
    expect(rig.completes('each[0]').story()).toEqual(['each[0] completed', 'each[2] runs']);
    rig.completes('each[1]').story();
    expect(rig.completes('each[2]').story()).toEqual([
      'each[2] completed',
      'each completed',
      'last runs',
    ]);
  });

  it('has its children after itself, before what was declared later', () => {
    const rig = new MachineRig([each(), last]).begin().expands('each', [1, 2]);

    expect(rig.standing()).toEqual([
      'each running',
      'each[0] running',
      'each[1] running',
      'last pending',
    ]);
  });

  it('gives its outputs as lists by item, null where one is missing, and sums up the rest', () => {
    const rig = new MachineRig([each()]).begin().expands('each', [1, 2]);
    const result = resultOf('each[0]', { outputs: { path: '/a' }, packagesUpdated: 3 });
    rig.settles('each[0]', { kind: 'completed', result });
    rig.completes('each[1]', { size: 2 });

    expect(rig.machine.node('each')?.result).toEqual({
      stepName: 'each',
      success: true,
      skipped: false,
      output: '',
      durationSeconds: 2,
      attempts: 1,
      outputs: { path: ['/a', null], size: [null, 2] },
      packagesUpdated: 3,
    });
  });

  it('is skipped where there are no items', () => {
    const rig = new MachineRig([each(), last]).begin();
    rig.story();

    expect(rig.expands('each', []).story()).toEqual(['each skipped: empty', 'last runs']);
  });

  it('holds mutexes for its children, one by one, and none itself', () => {
    const rig = new MachineRig([each({ mutexes: ['apt'] })]).begin();

    expect(rig.story()).toEqual(['= running', 'each runs']);
    expect(rig.expands('each', [1, 2]).story()).toEqual([
      'each has 2 items',
      'acquire apt for each[0]',
      'acquire apt for each[1]',
    ]);
  });

  it('fails with its first failed child, which stops what has not begun', () => {
    const rig = new MachineRig([each(), aStep('other', { dependsOn: ['each'] })], {
      concurrency: 2,
    }).begin();
    rig.expands('each', [1, 2, 3]).story();

    expect(rig.fails('each[0]').story()).toEqual([
      'each[0] failed',
      'blocked: other',
      'cancelled: each[2]',
    ]);
    expect(rig.completes('each[1]').story()).toEqual([
      'each[1] completed',
      'each failed',
      '= failed',
    ]);
    expect(rig.machine.node('each')?.result?.errorMessage).toBe('each[0] failed');
    expect(rig.machine.failedStep).toBe('each[0]');
  });

  it('lets its other children run where its failures are isolated', () => {
    const rig = new MachineRig([each({ onError: 'continue' }), last], { concurrency: 1 }).begin();
    rig.expands('each', [1, 2]).story();

    expect(rig.fails('each[0]').story()).toEqual(['each[0] failed', 'each[1] runs']);
    expect(rig.completes('each[1]').story()).toEqual([
      'each[1] completed',
      'each failed',
      'blocked: last',
      '= completed',
    ]);
  });

  it('does not begin its children while something else has failed', () => {
    const rig = new MachineRig([each(), aStep('a')]).begin().fails('a');
    rig.story();

    expect(rig.expands('each', [1]).story()).toEqual(['each cancelled', '= failed']);
  });

  it('undoes its children, newest first', () => {
    const step = each({ has: { ...each().has, undo: true } });
    const rig = new MachineRig([step, last], { rollback: true }).begin();
    rig.expands('each', [1, 2]).completes('each[1]').completes('each[0]').story();

    expect(rig.fails('last').story()).toEqual(['last failed', 'undo each[0]']);
    expect(rig.isUndone('each[0]').story()).toEqual(['undone each[0]', 'undo each[1]']);
  });

  it('keeps the children that succeeded when it is retried', () => {
    const rig = new MachineRig([each(), last], { concurrency: 1 }).begin();
    rig.expands('each', [1, 2, 3]).completes('each[0]').fails('each[1]').story();

    expect(rig.control({ type: 'retry', step: 'each' }).story()).toEqual([
      '= running',
      'reset: each[1], each[2], last',
      'each[1] runs',
    ]);
    expect(rig.standing()).toContain('each running');
  });

  it('is skipped as a whole, with its children aborted or not begun', () => {
    const rig = new MachineRig([each(), last], { concurrency: 1 }).begin().expands('each', [1, 2]);
    rig.story();

    expect(rig.control({ type: 'skip', step: 'each' }).story()).toEqual([
      'cancelled: each[1]',
      'abort each[0]',
    ]);
    expect(rig.isCancelled('each[0]').story()).toEqual([
      'each[0] cancelled',
      'each skipped: person',
      'last runs',
    ]);
  });

  it('keeps the results of its children over a crash', () => {
    const rig = new MachineRig([each(), last], { concurrency: 1 }).begin();
    rig.expands('each', [1, 2]).completes('each[0]').story();

    expect(rig.crash().story()).toEqual(['recovered: each[1]']);
    expect(rig.begin().story()).toEqual(['each[1] runs']);
    expect(rig.completes('each[1]').story()).toContain('each completed');
  });
});
