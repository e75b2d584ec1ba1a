import { describe, expect, it } from 'vitest';
import { STEP_STATUSES } from '#shared';
import { statusOf } from './step-status.ts';
import { step } from '../testing/step-views.ts';

describe('how a step stands', () => {
  it('has words and a drawing of its own for every status', () => {
    const shown = STEP_STATUSES.map((status) => statusOf(step('a', { status })));
    expect(new Set(shown.map(({ text }) => text)).size).toBe(STEP_STATUSES.length);
    expect(new Set(shown.map(({ icon }) => icon)).size).toBe(STEP_STATUSES.length);
  });

  it.each([
    ['check', 'steps.status.alreadyDone'],
    ['when', 'steps.status.notNeeded'],
    ['empty', 'steps.status.notNeeded'],
    ['person', 'steps.status.skipped'],
    [undefined, 'steps.status.skipped'],
  ])('says why it was skipped: %s', (reason, text) => {
    const skipped = step('a', { status: 'skipped', ...(reason === undefined ? {} : { reason }) });
    expect(statusOf(skipped).text).toBe(text);
  });

  it('tells one that waits for its next attempt from one that has not begun', () => {
    expect(statusOf(step('a', { attempts: 1 })).text).toBe('steps.status.again');
    expect(statusOf(step('a')).text).toBe('steps.status.pending');
  });

  it('says that it was interrupted before anything else', () => {
    const interrupted = step('a', { attempts: 1, interrupted: true });
    expect(statusOf(interrupted).text).toBe('steps.status.interrupted');
  });
});
