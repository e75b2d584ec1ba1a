import type { ReactNode } from 'react';
import { Button } from '../components/Button.tsx';
import type { IconName } from '../components/Icon.tsx';
import { Stage } from '../screens/Stage.tsx';
import { useI18n } from '../setup-context.tsx';
import type { Ask } from './asks.ts';
import { decisionOf, useDeciding } from './decision.ts';

interface AskScreenProps {
  readonly ask: Ask;
  /** The bar of the work that waits. */
  readonly children: ReactNode;
}

const ICONS: { readonly [kind in Ask['kind']]: IconName } = {
  question: 'question',
  interrupted: 'power',
};

/**
 * Asks what only a person can decide, in the place of the list of steps. With another `ask` it must
 * be another component (`key`): the focus then moves to its title.
 */
export function AskScreen({ ask, children }: AskScreenProps) {
  const translator = useI18n();
  const { decide, isBusy, error } = useDeciding();
  const { title, help, notes, choices } = decisionOf(ask, translator);
  const [usual, ...others] = choices;
  const buttons = others.map((choice) => (
    <Button
      key={choice.action}
      action={choice.action}
      busy={isBusy(choice)}
      onPress={() => decide(choice)}
    >
      {choice.label}
    </Button>
  ));
  // More than two stand in the content: the bottom line is one line.
  const isBeside = others.length === 1;
  return (
    <Stage
      screen="working"
      plugin={ask.plugin}
      icon={ICONS[ask.kind]}
      title={title}
      help={help}
      error={error}
      onSubmit={() => usual && decide(usual)}
      secondary={isBeside && buttons}
      primary={
        usual && (
          <Button action={usual.action} kind="primary" busy={isBusy(usual)}>
            {usual.label}
          </Button>
        )
      }
    >
      <div className="stack" data-ask={ask.kind}>
        {notes.length > 0 && (
          <div>
            {notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </div>
        )}
        {!isBeside && <div className="answers">{buttons}</div>}
        {children}
      </div>
    </Stage>
  );
}
