import { describe, expect, it } from 'vitest';
import { asQuestion } from './question.ts';

const QUESTION = {
  class: 'overwrite',
  text: 'Overwrite it?',
  actions: [
    { id: 'yes', label: 'Yes' },
    { id: 'no', label: 'No' },
  ],
  default: 'no',
};

describe('asQuestion', () => {
  it('takes a question, and nothing of it that is no part of one', () => {
    const asked = { ...QUESTION, type: 'question', id: 'mine', stepName: 'forged' };
    expect(asQuestion(asked)).toEqual({ ok: true, question: QUESTION });
  });

  it.each([
    [null, 'nothing is asked'],
    [{ ...QUESTION, class: '' }, '`class` is no short text'],
    [{ ...QUESTION, class: 'x'.repeat(101) }, '`class` is no short text'],
    [{ ...QUESTION, text: 1 }, '`text` is no text'],
    [{ ...QUESTION, actions: [] }, '`actions` is no list of 1 to 20 actions'],
    [{ ...QUESTION, actions: ['yes'] }, 'an action has no `id` or no `label`'],
    [
      { ...QUESTION, actions: [...QUESTION.actions, { id: 'no', label: 'Never' }] },
      'two actions have the same `id`',
    ],
    [{ ...QUESTION, default: 'maybe' }, '`default` is the `id` of no action'],
  ])('says what is wrong with %o', (asked, problem) => {
    expect(asQuestion(asked)).toEqual({ ok: false, problem });
  });
});
