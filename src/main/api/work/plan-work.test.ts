import { describe, expect, it } from 'vitest';
import { ok } from '#shared';
import type { WorkExecutor, WorkRegistry } from '../../executors/work-executor.ts';
import { functionPerformer } from '../../executors/testing/function-performer.test-support.ts';
import type { StartBatchRequest, StartWorkRequest } from '../request-schemas.ts';
import { planWork } from './plan-work.ts';

/** A stand-in for executors: does `action` and `wait`, whose config must have `do`. */
const works: WorkRegistry = {
  register: () => ok(undefined),
  unregister: () => false,
  list: () => [],
  get: (type) => (['action', 'wait'].includes(type) ? ({} as WorkExecutor) : undefined),
  validateWork: ({ config }) =>
    'do' in config ? [] : [{ pointer: '/do', message: 'it is missing' }],
};
const performer = functionPerformer({});

const plan = (request: StartWorkRequest | StartBatchRequest) =>
  planWork(request, { works, performer });

/** The steps that a request becomes; a problem is a bug of the test. */
function stepsOf(request: StartWorkRequest | StartBatchRequest) {
  const planned = plan(request);
  if (!planned.ok) throw new Error(planned.failure.detail);
  return planned.value.graph.steps.map(({ name, description, dependsOn, work }) => ({
    name,
    description,
    dependsOn,
    work,
  }));
}

const config = { do: 'press' };
const action = { type: 'action', config };

describe('one piece of work', () => {
  it('becomes one step', () => {
    expect(stepsOf({ ...action, name: 'Go on' })).toEqual([
      {
        name: 'Go on',
        description: 'Go on',
        dependsOn: [],
        work: { kind: 'work', item: action },
      },
    ]);
  });

  it('is called by its type where it has no name, and keeps its time limit', () => {
    expect(plan({ ...action, timeLimitSeconds: 5 })).toMatchObject({
      ok: true,
      value: { type: 'action', name: 'action', timeLimitSeconds: 5 },
    });
  });
});

describe('a batch', () => {
  it('becomes a chain with a step for each of its pieces', () => {
    const batch = [action, { ...action, name: 'Wait' }, { type: 'wait', config }];
    expect(
      stepsOf({ type: 'action', batch }).map(({ name, dependsOn }) => [name, dependsOn]),
    ).toEqual([
      ['action-1', []],
      ['Wait', ['action-1']],
      ['wait-3', ['Wait']],
    ]);
  });

  it('gives no name that another piece has', () => {
    const batch = [{ ...action, name: 'action-2' }, action];
    expect(stepsOf({ type: 'action', batch }).map(({ name }) => name)).toEqual([
      'action-2',
      'action-2-',
    ]);
  });

  it('keeps its request, to be known after a restart', () => {
    const request = { type: 'action', batch: [action], retryActions: [action] };
    expect(plan(request)).toMatchObject({ value: { request } });
  });

  it('may hand values from one piece to the next', () => {
    const next = { type: 'wait', config: { do: '${{ steps.action-1.outputs.seconds }}' } };
    expect(plan({ type: 'action', batch: [action, next] }).ok).toBe(true);
  });
});

describe('work that is refused', () => {
  const problemOf = (request: StartWorkRequest | StartBatchRequest) => {
    const planned = plan(request);
    return planned.ok ? undefined : planned.failure;
  };

  it('names every place of a wrong configuration', () => {
    const bad = { type: 'action', config: {} };
    expect(
      problemOf({
        type: 'action',
        batch: [action, bad],
        retryActions: [bad],
        failureActions: [bad],
      }),
    ).toMatchObject({
      status: 422,
      code: 'execution/bad-work',
      problems: [
        { pointer: '/batch/1/config/do', message: 'it is missing' },
        { pointer: '/retryActions/0/config/do', message: 'it is missing' },
        { pointer: '/failureActions/0/config/do', message: 'it is missing' },
      ],
    });
    expect(problemOf(bad)?.problems?.map(({ pointer }) => pointer)).toEqual(['/config/do']);
  });

  it('names types that nobody does', () => {
    const alien = { type: 'alien', config };
    expect(problemOf({ type: 'action', batch: [alien, action, alien] })).toMatchObject({
      status: 422,
      code: 'execution/no-executor',
      detail: 'Wrong at /batch/0/type: no executor does work of the type "alien" (and 1 more)',
      problems: [{ pointer: '/batch/0/type' }, { pointer: '/batch/2/type' }],
    });
    expect(problemOf(alien)?.problems?.map(({ pointer }) => pointer)).toEqual(['/type']);
  });

  it('has two pieces of one name', () => {
    const batch = [action, action].map((item) => ({ ...item, name: 'press' }));
    expect(problemOf({ type: 'action', batch })?.problems).toEqual([
      { pointer: '/batch/1/name', message: 'batch/0 has this name' },
    ]);
  });

  it('refers to a step that there is not', () => {
    const next = { type: 'wait', config: { do: '${{ steps.other.outputs.x }}' } };
    expect(problemOf({ type: 'action', batch: [action, next] })).toMatchObject({
      status: 422,
      code: 'execution/bad-steps',
    });
  });

  it('refers to steps or inputs where there can be none', () => {
    const lost = { type: 'wait', config: { do: '${{ steps.action-1.outputs.x }}' } };
    expect(problemOf({ type: 'action', batch: [action], retryActions: [lost] })?.problems).toEqual([
      { pointer: '/retryActions/0/config', message: 'values of steps cannot be used in an action' },
    ]);
    const secret = { type: 'action', config: { do: '${{ inputs.retryActions }}' } };
    expect(problemOf({ type: 'action', batch: [secret] })?.code).toBe('execution/bad-steps');
  });
});
