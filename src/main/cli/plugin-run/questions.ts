import type { Actor, ExecutionView } from '#shared';
import type { ExecutionEngine } from '../../execution/engine/execution-engine.ts';
import type { Keyboard } from './keyboard.ts';
import { NOTHING_TYPED, pressKey, promptLines, type Asked } from './question-input.ts';

/** Asks the person at the terminal what an execution wants to know, one question after the other. */
export interface Questions {
  /** Looks what is asked now, and gives the lines that ask it; none where nothing is. */
  lines(view: ExecutionView): readonly string[];
  end(): void;
}

interface Pending {
  readonly key: string;
  readonly asked: Asked;
  readonly answer: (action: string) => void;
}

const ACTOR: Actor = { who: 'cli', from: 'terminal' };

/** `onTyped` hears that there are other lines to show. */
export function createQuestions(options: {
  readonly engine: Pick<ExecutionEngine, 'answer' | 'control'>;
  readonly keyboard: Keyboard;
  readonly onTyped: () => void;
}): Questions {
  const { engine, keyboard, onTyped } = options;
  let typed = NOTHING_TYPED;
  let current: string | undefined;
  /** Answered, though the view may not know of it yet. */
  const answered = new Set<string>();

  function pendingIn(view: ExecutionView): Pending | undefined {
    const { executionId, questions, steps } = view;
    const all: Pending[] = questions.map((question) => ({
      key: question.id,
      asked: question,
      answer: (action) => void engine.answer(executionId, question.id, action, ACTOR),
    }));
    for (const { name, description, interrupted, attempts } of steps) {
      if (interrupted !== true) continue;
      all.push({
        key: `${name} ${attempts}`,
        asked: interruptedQuestion(description),
        answer: (action) => {
          const type = action === 'retry' ? 'retry' : 'skip';
          void engine.control(executionId, { type, step: name }, ACTOR);
        },
      });
    }
    return all.find(({ key }) => !answered.has(key));
  }

  return {
    lines(view) {
      const pending = pendingIn(view);
      if (pending?.key !== current) {
        current = pending?.key;
        typed = NOTHING_TYPED;
        keyboard.leave();
        if (pending === undefined) return [];
        keyboard.listen((key) => {
          const next = pressKey(pending.asked, typed, key);
          if (typeof next === 'string') {
            answered.add(pending.key);
            pending.answer(next);
          } else {
            typed = next;
          }
          onTyped();
        });
      }
      return pending === undefined ? [] : promptLines(pending.asked, typed);
    },
    end: () => keyboard.leave(),
  };
}

/** A step that must not run twice, and may be half done. */
function interruptedQuestion(description: string): Asked {
  return {
    text: `"${description}" was under way when the last run ended, and may be half done.`,
    actions: [
      { id: 'retry', label: 'Run it again' },
      { id: 'skip', label: 'Go on without it' },
    ],
    default: 'skip',
  };
}
