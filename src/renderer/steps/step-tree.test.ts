import { describe, expect, it } from 'vitest';
import {
  endedCount,
  failedStep,
  laterAttempt,
  newestStep,
  notableChildren,
  secondsOf,
  stepRows,
  stepsAtWork,
} from './step-tree.ts';
import { execution, step } from '../testing/step-views.ts';

const names = (steps: readonly { readonly name: string }[]) => steps.map(({ name }) => name);

const ITEMS = [
  step('models', { status: 'running', attempts: 1 }),
  step('models[0]', { partOf: 'models', status: 'completed' }),
  step('models[1]', { partOf: 'models', status: 'skipped' }),
  step('models[2]', { partOf: 'models', status: 'failed' }),
  step('models[3]', { partOf: 'models', status: 'running' }),
  step('models[4]', { partOf: 'models', interrupted: true }),
  step('models[5]', { partOf: 'models' }),
];

describe('the list of steps', () => {
  it('keeps declared order, with items below their container', () => {
    const rows = stepRows([step('a'), ...ITEMS, step('z')]);
    expect(names(rows.map((row) => row.step))).toEqual(['a', 'models', 'z']);
    expect(rows.map(({ children }) => children.length)).toEqual([0, 6, 0]);
  });

  it('lets an item whose container is not there stand by itself', () => {
    expect(names(stepRows([step('x[0]', { partOf: 'x' })]).map((row) => row.step))).toEqual([
      'x[0]',
    ]);
  });

  it('names the items that are at work, failed or interrupted, and counts those that ended', () => {
    const row = { step: ITEMS[0]!, children: ITEMS.slice(1) };
    expect(names(notableChildren(row))).toEqual(['models[2]', 'models[3]', 'models[4]']);
    expect(endedCount(row)).toBe(3);
  });
});

describe('the steps at work', () => {
  it('leave out a container while one of its items is', () => {
    expect(names(stepsAtWork([...ITEMS, step('b', { status: 'running' })]))).toEqual([
      'models[3]',
      'b',
    ]);
    expect(names(stepsAtWork([ITEMS[0]!]))).toEqual(['models']);
  });

  const WAITS = step('w', { attempts: 1, errorMessage: 'no network' });

  it('are those that wait for their next attempt as well, after those that run', () => {
    expect(names(stepsAtWork([WAITS, step('b', { status: 'running' })]))).toEqual(['b', 'w']);
    const item = { ...WAITS, partOf: 'models' };
    expect(names(stepsAtWork([step('models', { status: 'running' }), item]))).toEqual(['w']);
    expect(names(notableChildren({ step: step('models'), children: [item] }))).toEqual(['w']);
  });

  it('are none that are only to be done over, nor what a person has to decide about', () => {
    expect(stepsAtWork([step('a', { attempts: 1 }), { ...WAITS, interrupted: true }])).toEqual([]);
  });

  it('are at an attempt that is spoken of from the second on', () => {
    expect(laterAttempt(step('a', { status: 'running', attempts: 1 }))).toBeUndefined();
    expect(laterAttempt(step('a', { status: 'running', attempts: 2 }))).toBe(2);
    expect(laterAttempt(step('a', { status: 'completed', attempts: 2 }))).toBeUndefined();
    expect(laterAttempt(WAITS)).toBe(2);
  });

  it('are spoken of by the one that began last, the first of those that began together', () => {
    const at = (name: string, startedAt: string) => step(name, { status: 'running', startedAt });
    expect(
      newestStep([
        at('a', '2026-01-01T10:00:00.000Z'),
        at('b', '2026-01-01T10:00:02.000Z'),
        at('c', '2026-01-01T10:00:02.000Z'),
      ])?.name,
    ).toBe('b');
    expect(newestStep([step('a'), WAITS])).toBeUndefined();
  });
});

describe('the step that failed', () => {
  const steps = [step('a', { status: 'failed' }), step('b', { status: 'failed' })];

  it('is the one that the execution names', () => {
    expect(failedStep(execution(steps, { error: { step: 'b', message: '' } }))?.name).toBe('b');
  });

  it('is the first that did not work where none is named', () => {
    expect(failedStep(execution(steps, { error: { message: '' } }))?.name).toBe('a');
    expect(failedStep(execution([step('a')]))).toBeUndefined();
  });
});

describe('how long an execution went', () => {
  it('is up to its end, or to when it was last heard of', () => {
    expect(secondsOf(execution([]))).toBe(65);
    expect(secondsOf(execution([], { endTime: '2026-01-01T10:00:10.000Z' }))).toBe(10);
  });

  it('is never less than nothing, though clocks are set back', () => {
    expect(secondsOf(execution([], { endTime: '2025-01-01T10:00:00.000Z' }))).toBe(0);
    expect(secondsOf(execution([], { endTime: 'nonsense' }))).toBe(0);
  });
});
