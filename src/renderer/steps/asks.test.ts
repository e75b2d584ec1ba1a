import { describe, expect, it } from 'vitest';
import type { ExecutionQuestion } from '#shared';
import { translatorFor } from '../i18n/translator.ts';
import { pendingAsks } from './asks.ts';
import { decisionOf } from './decision.ts';
import { execution, step } from '../testing/step-views.ts';

const question = (id: string, rest: Partial<ExecutionQuestion> = {}): ExecutionQuestion => ({
  id,
  stepName: 'extract',
  class: 'overwrite',
  text: 'Replace it?',
  actions: [
    { id: 'keep', label: 'Keep' },
    { id: 'replace', label: 'Replace' },
  ],
  default: 'replace',
  ...rest,
});
const STEPS = [step('extract'), step('install', { interrupted: true })];
const ASKING = execution(STEPS, { questions: [question('q1'), question('q2')] });
const english = translatorFor('en');

describe('what waits for a person', () => {
  it('is nothing while work goes on by itself', () => {
    expect(pendingAsks({ runtime: execution([step('a')]) }, 'runtime')).toEqual([]);
  });

  it('is asked one after the other, questions before interrupted steps', () => {
    expect(pendingAsks({ runtime: ASKING }, 'runtime').map(({ id }) => id)).toEqual([
      'e1 q1',
      'e1 q2',
      'e1 install',
    ]);
  });

  it('is asked first for the plugin that has the screen, then for those in the background', () => {
    const behind = execution([], { executionId: 'e2', questions: [question('q9')] });
    const asks = pendingAsks({ fonts: behind, runtime: ASKING }, 'runtime');
    expect(asks.map(({ plugin }) => plugin)).toEqual(['runtime', 'runtime', 'runtime', 'fonts']);
  });
});

describe('a question in words', () => {
  const [ask] = pendingAsks({ runtime: ASKING }, 'runtime');

  it('has its default first, and sends what was chosen by its id', () => {
    expect(decisionOf(ask!, english).choices.map(({ command }) => command)).toEqual([
      { type: 'question.answer', plugin: 'runtime', questionId: 'q1', action: 'replace' },
      { type: 'question.answer', plugin: 'runtime', questionId: 'q1', action: 'keep' },
    ]);
  });

  it('keeps the order of the plugin where its default is none of the answers', () => {
    const odd = execution(STEPS, { questions: [question('q1', { default: 'nonsense' })] });
    const [asked] = pendingAsks({ runtime: odd }, 'runtime');
    expect(decisionOf(asked!, english).choices.map(({ action }) => action)).toEqual([
      'answer-keep',
      'answer-replace',
    ]);
  });

  it('says which step asks, set apart from the sentence around it', () => {
    expect(decisionOf(ask!, english).help).toBe('Asked by: \u2068Do extract\u2069');
  });
});

describe('an interrupted step in words', () => {
  it('offers to do it again, or to skip it', () => {
    const ask = pendingAsks({ runtime: ASKING }, 'runtime').at(-1);
    const { title, choices } = decisionOf(ask!, english);
    expect(title).toBe('Power was lost during “\u2068Do install\u2069”');
    expect(choices.map(({ command }) => command)).toEqual([
      { type: 'step.retry', plugin: 'runtime', step: 'install' },
      { type: 'step.skip', plugin: 'runtime', step: 'install' },
    ]);
  });
});
