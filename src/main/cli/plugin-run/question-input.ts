import type { ExecutionQuestion } from '#shared';
import { escapeUnsafe } from '../../plan/words.ts';

/** As much of a question as is needed to answer it by keys. */
export type Asked = Pick<ExecutionQuestion, 'text' | 'actions' | 'default'>;

/** A key as `readline` tells of it. */
export interface Key {
  /** What it types, if anything. */
  readonly text: string | undefined;
  /** `return`, `backspace`, … */
  readonly name: string | undefined;
}

/** What has been typed so far, and what is wrong with it. */
export interface Typed {
  readonly text: string;
  readonly problem?: string;
}

export const NOTHING_TYPED: Typed = { text: '' };

/**
 * What a key means: the id of an action is the answer. Up to nine actions have their number as a key; an
 * id is typed in whole; Enter alone takes the default. Pure.
 */
export function pressKey(asked: Asked, typed: Typed, { text, name }: Key): Typed | string {
  const { actions } = asked;
  if (name === 'return' || name === 'enter') {
    if (typed.text === '') return asked.default;
    const chosen = actions.find(({ id }) => id === typed.text);
    if (chosen !== undefined) return chosen.id;
    return { text: '', problem: `There is no answer "${escapeUnsafe(typed.text)}".` };
  }
  if (name === 'backspace') return { text: typed.text.slice(0, -1) };
  if (text === undefined || !/^[\x20-\x7e]$/.test(text)) return typed;
  const more = typed.text + text;
  // Ten actions need two keys, and an id may begin with a digit.
  const isNumber = actions.length <= 9 && !actions.some(({ id }) => id.startsWith(more));
  const numbered = isNumber && /^[1-9]$/.test(more) ? actions[Number(more) - 1] : undefined;
  return numbered === undefined ? { text: more } : numbered.id;
}

/** The question with its answers, for below the list. */
export function promptLines(
  { text, actions, default: standard }: Asked,
  typed: Typed,
): readonly string[] {
  return [
    '',
    `? ${escapeUnsafe(text)}`,
    ...actions.map(({ id, label }, at) => {
      const key = actions.length <= 9 ? `${at + 1}` : '-';
      return `  ${key}  ${escapeUnsafe(label)} (${escapeUnsafe(id)})${id === standard ? ', Enter' : ''}`;
    }),
    ...(typed.problem === undefined ? [] : [`  ${typed.problem}`]),
    `> ${typed.text}`,
  ];
}
