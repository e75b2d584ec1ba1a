import { describe, expect, it } from 'vitest';
import { clockTopic } from './machine-topics.ts';

describe('a clock', () => {
  const built = Date.UTC(2026, 5, 1);

  it('is fine after the app was built', () => {
    expect(clockTopic({ now: Date.UTC(2026, 10, 21, 9, 30), built })).toEqual({
      topic: 'clock',
      status: 'ok',
      message: '2026-11-21 09:30 UTC',
    });
  });

  it('is wrong before', () => {
    expect(clockTopic({ now: 0, built })).toEqual({
      topic: 'clock',
      status: 'problem',
      message:
        '1970-01-01 00:00 UTC, which is before this app was built (2026-06-01): https servers cannot be verified',
      hint: 'Set the clock.',
    });
  });
});
