import { describe, expect, it } from 'vitest';
import type { ExecutionEvent } from '#shared';
import { eventLine } from './event-line.ts';

const QUESTION = {
  id: 'q1',
  stepName: 'copy',
  class: 'overwrite',
  text: 'Overwrite the folder?',
  actions: [{ id: 'keep', label: 'Keep it' }],
  default: 'keep',
};

const common = { id: 'a.1', executionId: 'x', time: '2000-01-01T00:00:00.000Z' };
type Body = ExecutionEvent extends infer E ? Omit<E & ExecutionEvent, keyof typeof common> : never;

describe('the line of an event', () => {
  it.each<[Body, string | undefined]>([
    [start(), 'start      copy  Copying'],
    [end({ success: true }), 'ok         copy  3.2 s'],
    [end({ success: true, skipped: true }), 'skip       copy'],
    [end({ errorMessage: 'no luck\nat all' }), 'fail       copy  3.2 s  no luck'],
    [end({ errorMessage: '\u001b[2J' }), 'fail       copy  3.2 s  \\u001b[2J'],
    [
      { type: 'StepRetry', stepName: 'copy', attempt: 1, delaySeconds: 2, errorMessage: 'no luck' },
      'retry      copy  in 2.0 s, after attempt 1  no luck',
    ],
    [
      { type: 'StepStalled', stepName: 'copy', silentSeconds: 20 },
      'stalled    copy  silent for 20.0 s',
    ],
    [{ type: 'StepStatus', stepName: 'copy', status: 'blocked' }, 'blocked    copy'],
    [{ type: 'StepStatus', stepName: 'copy', status: 'pending' }, undefined],
    [{ type: 'Question', question: QUESTION }, 'asks       copy  Overwrite the folder?'],
    [{ type: 'Answer', questionId: 'q1', action: 'keep' }, 'answer     keep'],
    [{ type: 'StepOutput', stepName: 'copy', stream: 'stdout', text: 'file 1' }, undefined],
    [{ type: 'StepProgress', stepName: 'copy', percent: 5 }, undefined],
    [{ type: 'ExecutionStatus', status: 'running', progress: 5 }, undefined],
  ] as [Body, string | undefined][])('%j is %j', (body, line) => {
    expect(eventLine({ ...common, ...body } as ExecutionEvent)).toBe(line);
  });
});

function start(): Body {
  const numbers = { stepNumber: 1, totalSteps: 2 };
  return { type: 'StepStart', stepName: 'copy', ...numbers, stepDescription: 'Copying' } as Body;
}

function end(more: object): Body {
  const body = { stepName: 'copy', success: false, skipped: false, durationSeconds: 3.21 };
  return { type: 'StepEnd', ...body, ...more };
}
