import { describe, expect, it } from 'vitest';
import { NOTHING_TYPED, pressKey, promptLines, type Asked, type Typed } from './question-input.ts';

const ASKED: Asked = {
  text: 'Overwrite the folder?',
  actions: [
    { id: 'keep', label: 'Keep it' },
    { id: 'overwrite', label: 'Overwrite it' },
  ],
  default: 'keep',
};

const ENTER = { text: '\r', name: 'return' };

/** What typing a text comes to; `⏎` is Enter and `⌫` Backspace. */
function type(text: string, asked: Asked = ASKED): Typed | string {
  let typed: Typed | string = NOTHING_TYPED;
  for (const char of text) {
    if (typeof typed === 'string') throw new Error(`answered before ${char}`);
    const key =
      char === '⏎'
        ? ENTER
        : char === '⌫'
          ? { text: '\u007f', name: 'backspace' }
          : { text: char, name: char };
    typed = pressKey(asked, typed, key);
  }
  return typed;
}

describe('a question at the terminal', () => {
  it('is shown with its answers, their keys, and the one that Enter takes', () => {
    expect(promptLines(ASKED, { text: 'ov' })).toEqual([
      '',
      '? Overwrite the folder?',
      '  1  Keep it (keep), Enter',
      '  2  Overwrite it (overwrite)',
      '> ov',
    ]);
  });

  it.each([
    ['1', 'keep'],
    ['2', 'overwrite'],
    ['⏎', 'keep'],
    ['overwrite⏎', 'overwrite'],
    ['overwrites⌫⏎', 'overwrite'],
    ['x⌫2', 'overwrite'],
  ])('is answered by typing %s', (keys, answer) => {
    expect(type(keys)).toBe(answer);
  });

  it.each(['3', '0', 'k', 'over'])('is not answered by typing %s yet', (keys) => {
    expect(type(keys)).toEqual({ text: keys });
  });

  it('says that there is no such answer, and takes another', () => {
    const typed = type('nonsense⏎');
    expect(typed).toEqual({ text: '', problem: 'There is no answer "nonsense".' });
    expect(promptLines(ASKED, typed as Typed)).toContain('  There is no answer "nonsense".');
  });

  it('takes a digit for the id where one begins with it', () => {
    const actions = [
      { id: '20', label: 'Node 20' },
      { id: '24', label: 'Node 24' },
    ];
    const asked = { ...ASKED, actions, default: '24' };
    expect(type('1', asked)).toBe('20');
    expect(type('2', asked)).toEqual({ text: '2' });
    expect(type('24⏎', asked)).toBe('24');
  });

  it('has no number keys where there are more than nine answers', () => {
    const actions = Array.from({ length: 10 }, (_, at) => ({ id: `a${at}`, label: `A ${at}` }));
    const asked = { ...ASKED, actions };
    expect(type('1', asked)).toEqual({ text: '1' });
    expect(promptLines(asked, NOTHING_TYPED)).toContain('  -  A 0 (a0)');
  });

  it('hears no keys that type nothing', () => {
    expect(pressKey(ASKED, NOTHING_TYPED, { text: undefined, name: 'up' })).toBe(NOTHING_TYPED);
    expect(pressKey(ASKED, NOTHING_TYPED, { text: '\u001b', name: 'escape' })).toBe(NOTHING_TYPED);
  });
});
