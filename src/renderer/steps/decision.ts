import { assertNever, STEPS_CHANGED, type Command, type ExecutionQuestion } from '#shared';
import { useState } from 'react';
import { actionError } from '../failure-text.ts';
import type { PlainKey } from '../i18n/catalogue.ts';
import { isolate } from '../i18n/isolate.ts';
import type { Translator } from '../i18n/translator.ts';
import { useI18n, useSending } from '../setup-context.tsx';
import type { Ask } from './asks.ts';

/** One of the ways to decide. */
export interface Choice {
  /** For tests and styles (`data-action`). */
  readonly action: 'retry' | 'skip' | `answer-${string}`;
  readonly label: string;
  readonly command: Command;
}

/** What a person is asked, in words, and what can be answered. */
export interface Decision {
  readonly title: string;
  readonly help: string | undefined;
  /** What the choices come to, where their labels do not say it. */
  readonly notes: readonly string[];
  /** The usual one first. */
  readonly choices: readonly Choice[];
}

/** Puts what waits for a person into words. */
export function decisionOf(ask: Ask, { t }: Translator): Decision {
  const { plugin, step } = ask;
  const name = step && isolate(step.description);
  switch (ask.kind) {
    case 'question': {
      const { id: questionId, text, actions, default: usual } = ask.question;
      const own = isOfTheApp(ask.question);
      const choices = actions.map(({ id, label }) => ({
        action: `answer-${id}` as const,
        label: own ? t(OWN_LABELS[id] ?? 'question.stepsChanged.leave') : isolate(label),
        command: { type: 'question.answer', plugin, questionId, action: id } as const,
      }));
      return {
        title: own ? t('question.stepsChanged.title') : isolate(text),
        help: own ? t('question.stepsChanged.help') : name && t('question.askedBy', { name }),
        notes: [],
        choices: choices.toSorted(
          (a, b) => Number(b.command.action === usual) - Number(a.command.action === usual),
        ),
      };
    }
    case 'interrupted': {
      const of = { plugin, step: ask.step.name };
      return {
        title: t('interrupted.title', { name: name ?? '' }),
        help: t('interrupted.help'),
        notes: [t('interrupted.retry'), t('interrupted.skip')],
        choices: [
          { action: 'retry', label: t('action.retry'), command: { type: 'step.retry', ...of } },
          {
            action: 'skip',
            label: t('interrupted.skipAction'),
            command: { type: 'step.skip', ...of },
          },
        ],
      };
    }
    default:
      return assertNever(ask);
  }
}

/** The app's own question is in the person's language; those of plugins are as the plugin has them. */
function isOfTheApp({ class: kind, stepName }: ExecutionQuestion): boolean {
  return kind === STEPS_CHANGED && stepName === '';
}

const OWN_LABELS: { readonly [action: string]: PlainKey } = {
  'start-over': 'question.stepsChanged.startOver',
  leave: 'question.stepsChanged.leave',
};

/** Sends a decision; while one is on its way, no second one is. */
export function useDeciding() {
  const { t } = useI18n();
  const { send, busy, failure } = useSending();
  const [chosen, setChosen] = useState<Choice['action']>();
  return {
    decide: ({ action, command }: Choice) => {
      if (busy) return;
      setChosen(action);
      void send(command);
    },
    isBusy: ({ action }: Choice) => busy && chosen === action,
    error: failure && t(actionError(failure)),
  };
}
